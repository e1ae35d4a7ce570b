/// Something that gives images a number: higher is better.
public protocol ImageReward {
  /// What makes two scores comparable: same passport, same measure.
  var passport: RewardPassport { get }

  /// Scores `inputs`, in their order: one outcome each.
  ///
  /// - Throws: what makes scoring impossible altogether. What is wrong with one image excludes that
  ///   image alone.
  func outcomes(for inputs: [RewardInput]) throws -> [RewardOutcome]
}
