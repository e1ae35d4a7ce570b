package import CLIPReward

/// An image of a comparison with its scores.
package struct ComparedImage: Sendable, Equatable, Codable {
  /// The arm that made it.
  package let arm: String

  /// What it should show; nil where nobody knows.
  package let prompt: String?

  /// Its seed; nil where nobody knows.
  package let seed: UInt64?

  /// Its file.
  package let path: String

  /// The scores by metric, as far as there are.
  package let scores: [String: Double]

  /// Why scores are missing; nil where none is.
  package let excluded: String?

  /// An image.
  package init(
    arm: String, prompt: String?, seed: UInt64?, path: String, scores: [String: Double],
    excluded: String?
  ) {
    self.arm = arm
    self.prompt = prompt
    self.seed = seed
    self.path = path
    self.scores = scores
    self.excluded = excluded
  }
}

/// What arms are compared by.
package struct ComparisonMetric: Sendable, Equatable, Codable {
  /// What the reward is called.
  package let name: String

  /// Everything that its scores depend on.
  package let passport: ScoreRecord.Passport

  /// The mean difference that is worth finding; nil for the one that is found.
  package let effect: Double?

  /// A metric.
  package init(name: String, passport: ScoreRecord.Passport, effect: Double?) {
    self.name = name
    self.passport = passport
    self.effect = effect
  }
}
