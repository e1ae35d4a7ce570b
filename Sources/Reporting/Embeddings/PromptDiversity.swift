/// How different the images of one prompt are from each other.
package enum PromptDiversity {
  /// The mean of `1 − cos(a, b)` over all pairs of embeddings: 0 where all point the same way, near
  /// 1 where they have nothing in common, 2 at most.
  ///
  /// - Parameter embeddings: the images of one prompt, `[N, D]`, of any length. One without a
  ///   direction (all zero, or with a value that is not finite) is left out.
  /// - Returns: nil where fewer than two are left.
  package static func meanDistance(_ embeddings: [[Float]]) -> Double? {
    let units = embeddings.compactMap(UnitVector.init)
    let count = Double(units.count)
    guard count >= 2, let width = units.map(\.values.count).max() else { return nil }
    var sum = [Double](repeating: 0, count: width)
    for unit in units {
      for (index, value) in unit.values.enumerated() { sum[index] += value }
    }
    // ‖Σu‖² is n and twice the cosines of all pairs.
    let cosines = sum.reduce(-count) { $0 + $1 * $1 }
    return max(1 - cosines / (count * (count - 1)), 0)
  }

  /// The mean over prompts of ``meanDistance(_:)``, prompts with fewer than two images left out.
  ///
  /// - Parameter prompts: the images of each prompt, `[prompts][N, D]`.
  /// - Returns: nil where no prompt has two images.
  package static func mean(ofPrompts prompts: [[[Float]]]) -> Double? {
    let distances = prompts.compactMap(meanDistance)
    guard !distances.isEmpty else { return nil }
    return distances.reduce(0, +) / Double(distances.count)
  }
}

/// An embedding of length 1.
struct UnitVector {
  /// Its coordinates.
  let values: [Double]

  /// The direction of `embedding`; nil where it has none.
  init?(_ embedding: [Float]) {
    let length = embedding.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    guard length > 0, length.isFinite else { return nil }
    values = embedding.map { Double($0) / length }
  }
}
