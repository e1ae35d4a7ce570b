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

  /// Scores what is not kept yet, each different image once, and keeps it.
  public func outcomes(for inputs: [RewardInput]) throws -> [RewardOutcome] {
    let passport = passport
    let keys = inputs.map { ScoreKey($0, passport) }
    let kept = try store.scores(for: keys)
    var open: [ScoreKey: Int] = [:]
    var asked: [RewardInput] = []
    for (key, input) in zip(keys, inputs) where kept[key] == nil && open[key] == nil {
      open[key] = asked.count
      asked.append(input)
    }
    let found = asked.isEmpty ? [] : try reward.outcomes(for: asked)
    var new: [ScoreKey: StoredScore] = [:]
    for (key, index) in open {
      if case .score(let score, let details) = found[index] {
        new[key] = StoredScore(score, details: details)
      }
    }
    if !new.isEmpty { try store.store(new) }
    return keys.map { key in
      if let score = kept[key] { return .score(score.score, details: score.details) }
      return open[key].map { found[$0] } ?? .excluded(.failed("the reward did not answer"))
    }
  }
}
