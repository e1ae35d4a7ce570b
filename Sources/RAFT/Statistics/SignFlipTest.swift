/// Tests whether prompts' mean differences are centred at zero, by flipping their signs.
///
/// Where an arm does nothing, each prompt's difference could as well have had the other sign. p is
/// the share of all 2ⁿ assignments of signs whose sum is at least as far from zero as the one that
/// was found (two-sided).
public struct SignFlipTest: Sendable, Equatable, Codable {
  /// How p was found.
  public enum Method: Sendable, Equatable, Codable {
    /// Over all assignments of signs.
    case exact
    /// Over so many random ones, the one that was found counted too: `(1 + hits)/(1 + draws)`.
    case monteCarlo(draws: Int)
  }

  /// The probability of so large a mean difference where there is none, above 0 and up to 1.
  public let p: Double

  /// How it was found.
  public let method: Method

  /// The most prompts whose assignments are all counted.
  public static let mostExact = 40

  /// The test of `means`, a difference a prompt; p is 1 where there is none.
  ///
  /// - Parameters:
  ///   - draws: random assignments above ``mostExact`` prompts.
  ///   - seed: where they come from.
  public init(_ means: [Double], draws: Int = 99_999, seed: UInt64 = 0) {
    let sum = means.reduce(0, +).magnitude
    // Sums that are equal but for rounding count as equal.
    let reach = sum - 1e-12 * means.reduce(0) { $0 + $1.magnitude }
    // A flipped zero is the same zero: its two assignments halve nothing.
    let values = means.filter { $0 != 0 }
    guard values.count > Self.mostExact else {
      method = .exact
      p = Self.exact(values, reach)
      return
    }
    method = .monteCarlo(draws: draws)
    var generator = SplitMix64(seed: RunSeeds(run: seed).seed("statistics.signs"))
    let hits = (0..<draws).count { _ in Self.flipped(values, &generator).magnitude >= reach }
    p = Double(1 + hits) / Double(1 + draws)
  }

  /// All assignments, met in the middle: the sums of either half in order, and two places that move
  /// through the second half's as the first half's sum grows.
  private static func exact(_ values: [Double], _ reach: Double) -> Double {
    guard reach > 0 else { return 1 }
    let half = values.count / 2
    let (first, second) = (sums(values[..<half]), sums(values[half...]))
    var hits = 0
    // The sums are symmetric about zero, so that twice those on the one side is all.
    var place = second.count
    for sum in first {
      while place > 0, sum + second[place - 1] >= reach { place -= 1 }
      hits += second.count - place
    }
    return min(2 * Double(hits) / Double(first.count) / Double(second.count), 1)
  }

  /// The sums of all assignments of signs to `values`, in rising order.
  private static func sums(_ values: ArraySlice<Double>) -> [Double] {
    values.reduce([0]) { sums, value in
      let size = value.magnitude
      var merged: [Double] = []
      merged.reserveCapacity(2 * sums.count)
      var (low, high) = (0, 0)
      while high < sums.count {
        if low < sums.count, sums[low] + size <= sums[high] - size {
          merged.append(sums[low] + size)
          low += 1
        } else {
          merged.append(sums[high] - size)
          high += 1
        }
      }
      return merged + sums[low...].map { $0 + size }
    }
  }

  private static func flipped(_ values: [Double], _ generator: inout SplitMix64) -> Double {
    var (sum, bits) = (0.0, UInt64(0))
    for (index, value) in values.enumerated() {
      if index.isMultiple(of: 64) { bits = generator.next() }
      sum += bits & 1 == 0 ? value : -value
      bits >>= 1
    }
    return sum
  }
}
