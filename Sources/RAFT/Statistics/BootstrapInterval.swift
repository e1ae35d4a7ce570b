/// An interval for the mean over prompts, by the bootstrap-t.
///
/// Prompts are resampled with replacement, and each resample's mean is studentised by its own
/// standard error: `t* = (x̄* − x̄)/s*`. Two sets of quantiles of `t*` are usual (Hall, 1988): the
/// equal-tailed ones follow skew but are too narrow under heavy tails, the symmetrised one (the
/// quantile of |t*|) the other way round. The interval takes the mean of both on each side; over
/// normal, skewed and heavy-tailed prompts that covers what it says within two points, which neither
/// set alone does (see the coverage test).
public struct BootstrapInterval: Sendable, Equatable, Codable {
  /// Why there is no interval.
  public enum Absence: Sendable, Equatable, Codable {
    /// Fewer prompts than an interval can stand on.
    case fewPrompts(Int)
    /// Almost all prompts have one and the same difference: resamples do not tell how large the
    /// others' could be.
    case alike
  }

  /// What came of it.
  public enum Estimate: Sendable, Equatable, Codable {
    /// The interval.
    case interval(ClosedRange<Double>)
    /// There is none.
    case absent(Absence)

    /// The interval, if there is one.
    public var range: ClosedRange<Double>? {
      if case .interval(let range) = self { range } else { nil }
    }

    /// Why there is no interval, if there is none.
    public var absence: Absence? {
      if case .absent(let reason) = self { reason } else { nil }
    }
  }

  /// The fewest prompts that an interval is given for.
  public static let fewestPrompts = 8

  /// The share of such intervals that should hold the truth, 0…1.
  public let level: Double

  /// How many times the prompts are resampled.
  public let resamples: Int

  /// Where the draws come from.
  public let seed: UInt64

  /// Intervals of `level`, 0.8…0.99, from at least 199 resamples.
  public init(level: Double = 0.95, resamples: Int = 9_999, seed: UInt64 = 0) {
    self.level = min(max(level, 0.8), 0.99)
    self.resamples = max(resamples, 199)
    self.seed = seed
  }

  /// The interval for the mean of the population that `means`, a number a prompt, are drawn from.
  ///
  /// Where all prompts have the same number, that is the interval.
  public func estimate(from means: [Double]) -> Estimate {
    let count = means.count
    guard count >= Self.fewestPrompts else { return .absent(.fewPrompts(count)) }
    guard let first = means.first, !means.allSatisfy({ $0 == first }) else {
      return .interval(means[0]...means[0])
    }
    let (mean, error) = (means.mean, Self.standardError(of: means))
    let studentised = self.studentised(means, mean).sorted()
    let tail = Int(((1 - level) / 2 * Double(resamples + 1)).rounded()) - 1
    let symmetric = studentised.map(\.magnitude).sorted()[resamples - 1 - 2 * tail]
    let below = (studentised[resamples - 1 - tail] + symmetric) / 2
    let above = (symmetric - studentised[tail]) / 2
    guard below.isFinite, above.isFinite else { return .absent(.alike) }
    // A resample is seldom so far off one way that zero itself would lie outside.
    return .interval(mean - max(below, 0) * error...mean + max(above, 0) * error)
  }

  /// t* of every resample; infinite where a resample holds one number only, and not the mean.
  private func studentised(_ means: [Double], _ mean: Double) -> [Double] {
    var generator = SplitMix64(seed: RunSeeds(run: seed).seed("statistics.bootstrap"))
    let count = Double(means.count)
    let centred = means.map { $0 - mean }
    return (0..<resamples).map { _ in
      var (sum, squares) = (0.0, 0.0)
      var (least, most) = (Double.infinity, -Double.infinity)
      for _ in means {
        let value = centred[generator.index(below: centred.count)]
        sum += value
        squares += value * value
        least = min(least, value)
        most = max(most, value)
      }
      guard least < most else { return sum == 0 ? 0 : sum * .infinity }
      let variance = max(squares - sum * sum / count, 0) / (count - 1)
      return sum / count / (variance / count).squareRoot()
    }
  }

  private static func standardError(of values: [Double]) -> Double {
    let count = Double(values.count)
    return (values.squares / (count - 1) / count).squareRoot()
  }
}

extension BootstrapInterval.Absence: CustomStringConvertible {
  /// The reason in words.
  public var description: String {
    switch self {
    case .fewPrompts(let count):
      "no interval: \(count) \(count == 1 ? "prompt is" : "prompts are") fewer than the "
        + "\(BootstrapInterval.fewestPrompts) that one can stand on"
    case .alike:
      "no interval: almost all prompts differ by the same amount, so that the spread is not known"
    }
  }
}
