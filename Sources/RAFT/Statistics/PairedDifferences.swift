/// What one arm and the base gave for the same prompt from the same seed.
public struct ScorePair: Sendable, Equatable {
  /// The arm's score; nil where its image has none.
  public let arm: Double?

  /// The base's score; nil where its image has none.
  public let base: Double?

  /// A pair of scores; one that is not a finite number counts as none.
  public init(arm: Double?, base: Double?) {
    self.arm = arm.flatMap { $0.isFinite ? $0 : nil }
    self.base = base.flatMap { $0.isFinite ? $0 : nil }
  }

  /// The arm's score less the base's; nil where either is missing.
  public var difference: Double? {
    guard let arm, let base else { return nil }
    return arm - base
  }
}

/// How the scores of an arm differ from those of the base, over prompts × seeds.
///
/// Prompts are what is drawn from a population, seeds are repetitions within them: every statement
/// about the arm stands on the prompts' means, never on single images.
public struct PairedDifferences: Sendable, Equatable {
  /// The pairs that both have a score, by prompt; prompts without such a pair are left out.
  public let prompts: [[ScorePair]]

  /// Pairs that were dropped because a score is missing.
  public let droppedPairs: Int

  /// Prompts that were dropped because all their pairs were.
  public let droppedPrompts: Int

  /// Differences from the pairs of each prompt.
  public init(_ pairs: [[ScorePair]]) {
    let whole = pairs.map { $0.filter { $0.difference != nil } }
    prompts = whole.filter { !$0.isEmpty }
    droppedPairs = pairs.reduce(0) { $0 + $1.count } - whole.reduce(0) { $0 + $1.count }
    droppedPrompts = whole.count { $0.isEmpty }
  }

  /// The pairs' differences, by prompt.
  public var differences: [[Double]] { prompts.map { $0.compactMap(\.difference) } }

  /// Each prompt's mean difference.
  public var promptMeans: [Double] { differences.map(\.mean) }

  /// How many pairs there are.
  public var pairCount: Int { prompts.reduce(0) { $0 + $1.count } }

  /// The mean of the prompts' means, each prompt counting the same; nil where there is no pair.
  public var mean: Double? { prompts.isEmpty ? nil : promptMeans.mean }

  /// The arm's mean over the pairs, each prompt counting the same; nil where there is no pair.
  public var armMean: Double? { Self.mean(prompts.map { $0.compactMap(\.arm) }) }

  /// The base's, likewise.
  public var baseMean: Double? { Self.mean(prompts.map { $0.compactMap(\.base) }) }

  private static func mean(_ scores: [[Double]]) -> Double? {
    scores.isEmpty ? nil : scores.map(\.mean).mean
  }
}

extension [Double] {
  /// The mean of numbers; there must be one.
  var mean: Double { reduce(0, +) / Double(count) }

  /// The sum of the squared distances from the mean.
  var squares: Double {
    let mean = mean
    return reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  }
}
