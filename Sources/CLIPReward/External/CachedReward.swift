/// A reward whose scores are kept: what has a score is not scored again.
public final class CachedReward: ImageReward {
  private let reward: any ImageReward
  private let store: any ScoreStore

  /// Whether a score of the reward has been found in the store.
  private var hasScores = false

  /// `reward` in front of `store`.
  public init(_ reward: any ImageReward, store: any ScoreStore) {
    self.reward = reward
    self.store = store
  }

  /// The reward's own.
  public var passport: RewardPassport { reward.passport }

  /// The reward's own.
  public var readsPrompts: Bool { reward.readsPrompts }

  /// Scores what is not kept yet, each different image once, and keeps it.
  ///
  /// A kept score is an answer of the reward: an external one that fails at the other images
  /// excludes them, and is not taken for one that never works.
  public func outcomes(for inputs: [RewardInput]) throws -> [RewardOutcome] {
    let passport = passport
    let kept = try store.scores(of: inputs, passport: passport)
    let digest = passport.digest
    var places: [ScoreKey: Int] = [:]
    var open: [RewardInput] = []
    for (input, outcome) in zip(inputs, kept) where outcome == nil {
      let key = ScoreKey(input, passport: digest)
      guard places[key] == nil else { continue }
      places[key] = open.count
      open.append(input)
    }
    hasScores = hasScores || kept.contains { $0 != nil }
    let found = open.isEmpty ? [] : try self.outcomes(ofOpen: open)
    if found.contains(where: { $0.score != nil }) {
      try store.store(found, of: open, passport: passport)
    }
    return zip(inputs, kept).map { input, outcome in
      outcome ?? places[ScoreKey(input, passport: digest)].map { found[$0] }
        ?? .excluded(.failed("the reward did not answer"))
    }
  }

  private func outcomes(ofOpen inputs: [RewardInput]) throws -> [RewardOutcome] {
    do {
      return try reward.outcomes(for: inputs)
    } catch ExternalRewardError.failed(let reason, _) where hasScores {
      return inputs.map { _ in .excluded(.failed(reason)) }
    }
  }
}
