/// A reward whose scores are kept: what has a score is not scored again.
public final class CachedReward: ImageReward {
  private let reward: any ImageReward
  private let store: any ScoreStore

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
  public func outcomes(for inputs: [RewardInput]) throws -> [RewardOutcome] {
    let passport = passport
    let kept = try store.scores(of: inputs, passport: passport)
    var places: [ScoreKey: Int] = [:]
    var open: [RewardInput] = []
    for (input, outcome) in zip(inputs, kept) where outcome == nil {
      let key = ScoreKey(input, passport)
      guard places[key] == nil else { continue }
      places[key] = open.count
      open.append(input)
    }
    let found = open.isEmpty ? [] : try reward.outcomes(for: open)
    if found.contains(where: { $0.score != nil }) {
      try store.store(found, of: open, passport: passport)
    }
    return zip(inputs, kept).map { input, outcome in
      outcome ?? places[ScoreKey(input, passport)].map { found[$0] }
        ?? .excluded(.failed("the reward did not answer"))
    }
  }
}
