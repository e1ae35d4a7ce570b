package import RAFT

/// What a measure and a selection make of a sample.
package struct SampleVerdict: Sendable, Equatable {
  /// What the measure says.
  package let reward: Double?

  /// What the sample was ranked by, the reward less β·d; nil where it is excluded.
  package let key: Double?

  /// Whether it is learned from.
  package let isSelected: Bool

  /// Why, or why not.
  package let reason: String

  /// A verdict.
  package init(reward: Double?, key: Double?, isSelected: Bool, reason: String) {
    self.reward = reward
    self.key = key
    self.isSelected = isSelected
    self.reason = reason
  }
}

/// A stored sample under the run's selection and under another one.
package struct RerankedSample: Sendable, Equatable {
  /// Which sample.
  package let address: SampleAddress

  /// What it was to show.
  package let prompt: String

  /// Its image, relative to the run; nil where it failed.
  package let image: String?

  /// What the run made of it; nil where the run has not selected yet.
  package let before: SampleVerdict?

  /// What is made of it now.
  package let after: SampleVerdict

  /// A sample with both verdicts.
  package init(
    _ address: SampleAddress, prompt: String, image: String?, before: SampleVerdict?,
    after: SampleVerdict
  ) {
    self.address = address
    self.prompt = prompt
    self.image = image
    self.before = before
    self.after = after
  }

  /// Whether only one of the two selects it.
  package var isChanged: Bool { (before?.isSelected ?? false) != after.isSelected }
}

/// A round of a run under its own selection and under another one.
package struct RerankedRound: Sendable, Equatable {
  /// The round, counted from 1.
  package let number: Int

  /// The rule by which the run selected; nil where it has not yet.
  package let rule: String?

  /// Its samples, in the order of their addresses.
  package let samples: [RerankedSample]

  /// How much differs.
  package var change: SelectionChange { SelectionChange(samples) }
}
