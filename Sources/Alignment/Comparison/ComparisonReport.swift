package import RAFT

/// Everything that a comparison found.
package struct ComparisonReport: Sendable, Equatable {
  /// How an arm stands beside the base by one metric.
  package struct Finding: Sendable, Equatable {
    /// The arm's name.
    package let arm: String
    /// The metric's name.
    package let metric: String
    /// What the statistics say.
    package let comparison: PairedComparison
    /// p adjusted by Holm over all arms and metrics.
    package let adjustedP: Double
  }

  /// The arms, the base first.
  package let arms: [ComparisonArm]

  /// What they are compared by.
  package let metrics: [ComparisonMetric]

  /// The cases, prompts together.
  package let cases: [ComparisonCase]

  /// Every image, by arm and case.
  package let images: [ComparedImage]

  /// Every arm but the base by every metric.
  package let findings: [Finding]

  /// The arms' images compared case by case.
  ///
  /// - Parameters:
  ///   - arms: the base first.
  ///   - metrics: what they are compared by.
  ///   - cases: the cases, with a path for every arm.
  ///   - images: what is known of the image at a path.
  package init(
    arms: [ComparisonArm], metrics: [ComparisonMetric], cases: [ComparisonCase],
    images: [String: ComparedImage], bootstrap: BootstrapInterval = BootstrapInterval()
  ) {
    self.arms = arms
    self.metrics = metrics
    self.cases = cases
    self.images = arms.indices.flatMap { arm in
      cases.compactMap { $0.images[arm].flatMap { images[$0] } }
    }
    let groups = Self.grouped(cases)
    let pairs = arms.indices.dropFirst().flatMap { arm in metrics.map { (arm, $0) } }
    let comparisons = pairs.map { arm, metric in
      func score(_ test: ComparisonCase, _ arm: Int) -> Double? {
        test.images[arm].flatMap { images[$0]?.scores[metric.name] }
      }
      let differences = PairedDifferences(
        groups.map { $0.map { ScorePair(arm: score($0, arm), base: score($0, 0)) } })
      return PairedComparison(differences, effect: metric.effect, bootstrap: bootstrap)
    }
    let adjusted = Holm.adjusted(comparisons.map(\.test.p))
    findings = zip(pairs, zip(comparisons, adjusted)).map { pair, found in
      Finding(
        arm: arms[pair.0].name, metric: pair.1.name, comparison: found.0, adjustedP: found.1)
    }
  }

  /// How many prompts there are.
  package var promptCount: Int { Self.grouped(cases).count }

  /// The base's mean by `metric`, each prompt counting the same; nil where it has no score.
  package func baseMean(by metric: String) -> Double? {
    let means = baseScores(by: metric).map { $0.reduce(0, +) / Double($0.count) }
    return means.isEmpty ? nil : means.reduce(0, +) / Double(means.count)
  }

  /// What the base's best image of n would give without any training: n is the number of seeds that
  /// every prompt has a score of; nil below 2.
  package func baseBestOf(by metric: String) throws -> (n: Int, mean: Double, difference: Double)? {
    let scores = baseScores(by: metric)
    guard let n = scores.map(\.count).min(), n > 1, let mean = baseMean(by: metric) else {
      return nil
    }
    let best = try scores.map { try BestOfN.expected(of: n, among: $0) }
    let expected = best.reduce(0, +) / Double(best.count)
    return (n, expected, expected - mean)
  }

  /// The base's scores, prompt by prompt, of those that have one.
  private func baseScores(by metric: String) -> [[Double]] {
    let scores = Dictionary(
      images.filter { $0.arm == arms[0].name }.map { ($0.path, $0.scores[metric]) },
      uniquingKeysWith: { first, _ in first })
    return Self.grouped(cases)
      .map { $0.compactMap { $0.images[0].flatMap { scores[$0] ?? nil } } }
      .filter { !$0.isEmpty }
  }

  /// The cases prompt by prompt, in the order in which prompts first come.
  static func grouped(_ cases: [ComparisonCase]) -> [[ComparisonCase]] {
    var places: [String: Int] = [:]
    var groups: [[ComparisonCase]] = []
    for test in cases {
      if let place = places[test.group] {
        groups[place].append(test)
      } else {
        places[test.group] = groups.count
        groups.append([test])
      }
    }
    return groups
  }
}
