internal import Foundation

/// How far two sets of images are apart: the squared maximum mean discrepancy of their CLIP
/// embeddings (CMMD; Jayasumana et al., Rethinking FID, 2024).
package enum MeanDiscrepancy {
  /// σ of the kernel `exp(−‖a − b‖² / 2σ²)`.
  package static let sigma = 10.0
  /// What the discrepancy is multiplied by, for numbers that can be read.
  package static let scale = 1000.0

  /// `1000 · (E k(x, x′) + E k(y, y′) − 2 E k(x, y))` over embeddings of length 1, pairs of the same
  /// image left out: the unbiased estimate, which is 0 in the mean for two sets from one source and
  /// may be a little below. (The authors' own program keeps those pairs and is never below 0.)
  ///
  /// - Parameters:
  ///   - first: embeddings, `[N, D]`, of any length. One without a direction (all zero, or with a
  ///     value that is not finite) is left out.
  ///   - second: embeddings by the same tower, `[M, D]`.
  /// - Returns: nil where fewer than two are left of either, or widths differ.
  package static func squared(_ first: [[Float]], _ second: [[Float]]) -> Double? {
    let (x, y) = (first.compactMap(UnitVector.init), second.compactMap(UnitVector.init))
    guard x.count >= 2, y.count >= 2, Set((x + y).map(\.values.count)).count == 1 else {
      return nil
    }
    let between = mean(x, y) { _, _ in true }
    return scale * (2 * between - mean(x, x) { $0 != $1 } - mean(y, y) { $0 != $1 })
  }

  /// The mean of `1 − k` over pairs: k is so close to 1 that differences of k itself would lose
  /// digits.
  private static func mean(
    _ x: [UnitVector], _ y: [UnitVector], where isCounted: (Int, Int) -> Bool
  ) -> Double {
    var (sum, count) = (0.0, 0)
    for (i, a) in x.enumerated() {
      for (j, b) in y.enumerated() where isCounted(i, j) {
        sum -= expm1(-(a.squaredDistance(to: b)) / (2 * sigma * sigma))
        count += 1
      }
    }
    return sum / Double(count)
  }
}

extension UnitVector {
  /// `‖a − b‖²`, 0…4.
  fileprivate func squaredDistance(to other: UnitVector) -> Double {
    values.withUnsafeBufferPointer { a in
      other.values.withUnsafeBufferPointer { b in
        var sum = 0.0
        for index in 0..<min(a.count, b.count) {
          let difference = a[index] - b[index]
          sum += difference * difference
        }
        return sum
      }
    }
  }
}
