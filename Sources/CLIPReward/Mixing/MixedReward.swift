/// A mixture of rewards that score images themselves.
public final class MixedReward: ImageReward {
  private let rewards: [any ImageReward]

  /// How the scores are combined.
  public let mixture: RewardMixture

  /// The combination of `rewards`, one for each of the mixture's components, in their order.
  ///
  /// - Precondition: there are as many rewards as components.
  public init(_ rewards: [any ImageReward], _ mixture: RewardMixture) {
    precondition(rewards.count == mixture.components.count, "a reward for every component")
    self.rewards = rewards
    self.mixture = mixture
  }

  /// The mixture's settings and, by component, the facts of the components' passports. Scores of
  /// the scales `z` and `rank` are relative to the images that they were made with: equal passports
  /// then only tell that two rounds were judged in the same way.
  public var passport: RewardPassport {
    var facts = ["mix": mixture.scale.rawValue]
    if mixture.scale != .raw { facts["per"] = mixture.scope.rawValue }
    for (component, reward) in zip(mixture.components, rewards) {
      facts["\(component.name).weight"] = "\(component.weight)"
      let passport = reward.passport
      facts["\(component.name).reward"] = passport.reward
      for (key, value) in passport.facts { facts["\(component.name).\(key)"] = value }
    }
    for floor in mixture.floors {
      let others = facts["\(floor.component).floor"].map { "\($0) and " } ?? ""
      facts["\(floor.component).floor"] = others + text(of: floor)
    }
    return RewardPassport(reward: "mixture", facts: facts)
  }

  private func text(of floor: ScoreFloor) -> String {
    switch floor.bound {
    case .absolute(let level): return "\(level)"
    case .median: return "median of the round"
    case .baseMedian(let file):
      let median = mixture.bases[floor].flatMap { ScoreFloor.median(of: $0.scores) }
      return median.map { "\($0), the median of a base" } ?? file
    }
  }

  /// Whether a component's score depends on the prompt.
  public var readsPrompts: Bool { rewards.contains(where: \.readsPrompts) }

  /// Scores `inputs` by every component and combines the scores.
  public func outcomes(for inputs: [RewardInput]) throws -> [RewardOutcome] {
    try mixture.outcomes(of: columns(for: inputs), prompts: inputs.map(\.prompt))
  }

  /// Every component's outcomes.
  public func columns(for inputs: [RewardInput]) throws -> [ScoreColumn] {
    try zip(mixture.components, rewards).map { component, reward in
      let outcomes = try reward.outcomes(for: inputs)
      return ScoreColumn(
        name: component.name, passport: reward.passport, outcomes: outcomes)
    }
  }
}
