internal import RAFT

/// How another selection of the same samples differs from a run's own.
package struct SelectionChange: Sendable, Equatable, Encodable {
  /// The mean reward of what each of the two selections takes, under one measure; nil where a
  /// selection takes nothing that the measure scores.
  package struct Means: Sendable, Equatable, Encodable {
    /// Of what the run selected.
    package let before: Double?
    /// Of what is selected now.
    package let after: Double?

    /// Two means.
    package init(before: Double?, after: Double?) {
      self.before = before
      self.after = after
    }
  }

  /// Samples looked at.
  package let samples: Int

  /// How many the run selected.
  package let before: Int

  /// How many are selected now.
  package let after: Int

  /// Selected by both.
  package let kept: Int

  /// Selected by the run and not now.
  package let dropped: Int

  /// Selected now and not by the run.
  package let new: Int

  /// Samples that the run could not rank.
  package let excludedBefore: Int

  /// Samples that cannot be ranked now, those beyond K among them.
  package let excludedAfter: Int

  /// The mean over prompts of Spearman's rank correlation of the old and the new keys; nil where no
  /// prompt has two samples with both that differ.
  package let rankCorrelation: Double?

  /// The prompts that the mean is over, counted once a round.
  package let correlatedPrompts: Int

  /// Under the run's own measure.
  package let oldReward: Means

  /// Under the measure of now.
  package let newReward: Means

  /// The difference over `samples`, of one round or of several.
  package init(_ samples: [RerankedSample]) {
    let old = samples.filter { $0.before?.isSelected ?? false }
    let now = samples.filter(\.after.isSelected)
    self.samples = samples.count
    before = old.count
    after = now.count
    kept = now.count { !$0.isChanged }
    dropped = old.count { $0.isChanged }
    new = now.count { $0.isChanged }
    excludedBefore = samples.count { $0.before != nil && $0.before?.key == nil }
    excludedAfter = samples.count { $0.after.key == nil }
    let correlations = Dictionary(grouping: samples) { Group($0.address) }
      .sorted { $0.key < $1.key }.compactMap { Self.correlation($0.value) }
    rankCorrelation = Self.mean(correlations)
    correlatedPrompts = correlations.count
    oldReward = Means(
      before: Self.mean(old.compactMap { $0.before?.reward }),
      after: Self.mean(now.compactMap { $0.before?.reward }))
    newReward = Means(
      before: Self.mean(old.compactMap(\.after.reward)),
      after: Self.mean(now.compactMap(\.after.reward)))
  }

  /// The samples of one prompt in one round.
  private struct Group: Hashable, Comparable {
    let round: Int
    let prompt: Int

    init(_ address: SampleAddress) { (round, prompt) = (address.round, address.prompt) }

    static func < (a: Self, b: Self) -> Bool { (a.round, a.prompt) < (b.round, b.prompt) }
  }

  private static func correlation(_ samples: [RerankedSample]) -> Double? {
    let keys = samples.compactMap { sample -> (old: Double, new: Double)? in
      guard let old = sample.before?.key, let new = sample.after.key else { return nil }
      return (old, new)
    }
    return RankCorrelation.spearman(keys.map(\.old), keys.map(\.new))
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
