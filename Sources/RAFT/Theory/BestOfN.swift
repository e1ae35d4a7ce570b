internal import Foundation

/// What choosing the best of n gains, and how far it moves a distribution.
public enum BestOfN {
  /// The expected best of n draws from a discrete distribution:
  /// `Σ v·(F(v)ⁿ − F(v⁻)ⁿ)`, exact but for rounding.
  ///
  /// - Parameters:
  ///   - n: how many are drawn, at least 1.
  ///   - values: what can be drawn, in any order; a value may come twice.
  ///   - probabilities: one each, of sum 1 within 1e-9.
  /// - Throws: ``RAFTError`` for anything else.
  public static func expected(
    of n: Int, values: [Double], probabilities: [Double]
  ) throws -> Double {
    try check(n)
    guard values.count == probabilities.count, !values.isEmpty else {
      throw RAFTError.distribution(
        "\(values.count) values have \(probabilities.count) probabilities; each needs one")
    }
    let total = probabilities.reduce(0, +)
    guard values.allSatisfy(\.isFinite), probabilities.allSatisfy({ $0 >= 0 }),
      abs(total - 1) <= 1e-9
    else {
      throw RAFTError.distribution(
        "a distribution has finite values and probabilities from 0 up whose sum is 1, not \(total)")
    }
    var (below, expected) = (0.0, 0.0)
    for (value, probability) in zip(values, probabilities).sorted(by: { $0.0 < $1.0 }) {
      let upTo = below + probability / total
      expected += value * (pow(upTo, Double(n)) - pow(below, Double(n)))
      below = upTo
    }
    return expected
  }

  /// The expected best of n drawn without replacement from scores that were seen: an estimate,
  /// without bias, of what best-of-n gives on what they are a sample of.
  ///
  /// The i-th smallest of m is the best of n with probability `C(i−1, n−1)/C(m, n)`.
  ///
  /// - Throws: ``RAFTError`` where n is not from 1 to the number of scores.
  public static func expected(of n: Int, among scores: [Double]) throws -> Double {
    try check(n)
    guard n <= scores.count else {
      throw RAFTError.setting(
        "best of n", given: "\(n)", needed: "at most the number of scores, \(scores.count)")
    }
    var weight = Double(n) / Double(scores.count)
    var expected = 0.0
    for (place, score) in zip(1..., scores.sorted()).reversed() where place >= n {
      expected += weight * score
      if place > 1 { weight *= Double(place - n) / Double(place - 1) }
    }
    return expected
  }

  /// The expected maximum of n independent standard normals, within 1e-9; 0 for n of at most 1.
  ///
  /// `∫ x · n·φ(x)·Φ(x)ⁿ⁻¹ dx` by the trapezoid rule, which for such an integrand converges faster
  /// than any power of its step.
  public static func expectedMaximumOfNormals(_ n: Int) -> Double {
    guard n > 1 else { return 0 }
    let (step, limit) = (1.0 / 64, 16.0)
    let count = Double(n)
    let points = Int(2 * limit / step)
    return (0...points).reduce(0.0) { sum, point in
      let x = -limit + step * Double(point)
      let density = exp(-x * x / 2) / (2 * Double.pi).squareRoot()
      let above = erfc(x / 2.0.squareRoot()) / 2
      return sum + step * x * count * density * exp((count - 1) * log1p(-above))
    }
  }

  /// `log n − (n−1)/n`: the divergence, in nats, of the best of n from one draw, where no two are
  /// equal; otherwise an upper bound.
  ///
  /// - Parameter n: from 1 up; it need not be whole.
  public static func divergence(_ n: Double) -> Double {
    log(n) - (n - 1) / n
  }

  /// The most that the best of n gains over the mean of a reward whose values lie within a range:
  /// `√(B²/2 · log n)`.
  ///
  /// - Parameters:
  ///   - n: how many are drawn, at least 1.
  ///   - range: B, the reward's highest value less its lowest.
  public static func gainBound(of n: Int, range: Double) -> Double {
    (range * range / 2 * log(Double(n))).squareRoot()
  }

  private static func check(_ n: Int) throws {
    guard n >= 1 else {
      throw RAFTError.setting("best of n", given: "\(n)", needed: "at least 1")
    }
  }
}
