/// What stands out in a run's numbers, found without anyone looking at them.
package struct RunRemark: Sendable, Equatable, Codable {
  /// How it is meant.
  package let tone: ReportBlock.Tone
  /// What stands out, and what to do about it.
  package let text: String

  /// A remark.
  package init(_ tone: ReportBlock.Tone, _ text: String) {
    self.tone = tone
    self.text = text
  }
}

/// From where on a number stands out. The defaults are rules of thumb, not results.
package struct RemarkLimits: Sendable, Equatable {
  /// The share of its first value by which diversity may fall.
  package var diversityLoss = 0.2
  /// By how much the near-black fraction may rise.
  package var nearBlackRise = 0.05
  /// The share of its first value by which another image statistic may change.
  package var statisticChange = 0.3
  /// E‖ε_θ − ε_base‖² per dimension, where the noise itself has 1.
  package var drift = 0.05
  /// ‖sBA‖/‖W‖ of a block.
  package var adapterNorm = 0.1
  /// The share of a round's samples that may count for nothing.
  package var excludedShare = 0.1
  /// The share of the predicted gain that should come.
  package var gainShare = 0.1

  /// The defaults.
  package init() {}
}
