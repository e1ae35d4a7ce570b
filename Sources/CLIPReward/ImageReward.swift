/// Something that gives images a number: higher is better.
public protocol ImageReward {
  /// What makes two scores comparable: same passport, same measure.
  var passport: RewardPassport { get }

  /// Whether the score depends on the prompt. The same pixels under two prompts are duplicates for
  /// a reward that does not read it.
  var readsPrompts: Bool { get }

  /// Scores `inputs`, in their order: one outcome each.
  ///
  /// - Throws: what makes scoring impossible altogether. What is wrong with one image excludes that
  ///   image alone.
  func outcomes(for inputs: [RewardInput]) throws -> [RewardOutcome]
}

extension ImageReward {
  /// Whether the score depends on the prompt; true unless a reward says otherwise.
  public var readsPrompts: Bool { true }
}
