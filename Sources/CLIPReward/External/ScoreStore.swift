/// Where scores that have been computed are kept. Failures are not: they are tried again.
public protocol ScoreStore: AnyObject {
  /// What a reward of this passport gave for each of `inputs` before, in their order; nil where it
  /// was not asked. All that the reward is told counts: pixels, prompt and metadata.
  func scores(of inputs: [RewardInput], passport: RewardPassport) throws -> [RewardOutcome?]

  /// Keeps those of `outcomes` that are scores of `inputs`, in their order.
  func store(_ outcomes: [RewardOutcome], of inputs: [RewardInput], passport: RewardPassport)
    throws
}

extension RewardCache: ScoreStore {}

/// Scores kept as long as the process runs.
public final class MemoryScoreStore: ScoreStore {
  private var kept: [ScoreKey: RewardOutcome] = [:]

  /// An empty store.
  public init() {}

  /// The scores that are kept.
  public func scores(of inputs: [RewardInput], passport: RewardPassport) -> [RewardOutcome?] {
    let passport = passport.digest
    return inputs.map { kept[ScoreKey($0, passport: passport)] }
  }

  /// Keeps scores.
  public func store(
    _ outcomes: [RewardOutcome], of inputs: [RewardInput], passport: RewardPassport
  ) {
    let passport = passport.digest
    for (input, outcome) in zip(inputs, outcomes) where outcome.score != nil {
      kept[ScoreKey(input, passport: passport)] = outcome
    }
  }
}
