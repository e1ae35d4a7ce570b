internal import CLIPReward

/// Rewards that are ready to score.
struct LoadedRewards {
  /// How their scores are combined; nil where no reward was asked for.
  let plan: MixturePlan?

  /// The rewards in the order in which they were asked for.
  let rewards: [NamedReward]

  /// The embeddings that they share; nil where none needs a CLIP.
  let embedder: ImageEmbedder?

  /// The CLIP behind the embeddings.
  let model: CLIPEmbeddings?

  /// Whether one reward is taken as it is.
  var isPlain: Bool { plan?.isPlain ?? true }

  /// Whether an image without a score of `reward` has no score at all.
  func needs(_ reward: String) -> Bool { isPlain || plan?.mixture.needs(reward) ?? true }

  /// Whether a score depends on the prompt.
  var readPrompts: Bool { rewards.contains { $0.reward.readsPrompts } }

  /// All of them as one reward: the only one, or their mixture. nil where there is none.
  var combined: (any ImageReward)? {
    guard let plan else { return nil }
    return isPlain ? rewards[0].reward : MixedReward(rewards.map(\.reward), plan.mixture)
  }

  /// The passports by the rewards' names, and the mixture's under ``mixture``.
  var passports: [String: ScoreRecord.Passport] {
    var passports: [String: ScoreRecord.Passport] = [:]
    for reward in rewards { passports[reward.name] = .init(reward.reward.passport) }
    if !isPlain, let combined { passports[Self.mixture] = .init(combined.passport) }
    return passports
  }

  /// What results call the score of a mixture.
  static let mixture = "mixture"
}

/// A reward and what results call it.
struct NamedReward {
  let name: String
  let reward: any ImageReward
}
