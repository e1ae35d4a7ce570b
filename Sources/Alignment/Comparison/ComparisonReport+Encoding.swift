internal import RAFT

/// compare.json: keys in snake case; what a finding does not know is null.
extension ComparisonReport: Encodable {
  private enum CodingKeys: String, CodingKey {
    case arms, metrics, prompts, cases, findings, images
    case bestOf = "base_best_of"
  }

  /// Writes the whole report.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(arms, forKey: .arms)
    try container.encode(metrics, forKey: .metrics)
    try container.encode(promptCount, forKey: .prompts)
    try container.encode(cases.count, forKey: .cases)
    try container.encode(findings.map(FindingRecord.init), forKey: .findings)
    try container.encode(
      metrics.compactMap { metric in
        try baseBestOf(by: metric.name).map {
          BestOfRecord(metric: metric.name, n: $0.n, mean: $0.mean, difference: $0.difference)
        }
      }, forKey: .bestOf)
    try container.encode(images, forKey: .images)
  }
}

/// What the base's best of n gives as compare.json has it.
private struct BestOfRecord: Encodable {
  let metric: String
  let n: Int
  let mean: Double
  let difference: Double
}

/// A finding as compare.json has it.
private struct FindingRecord: Encodable {
  private let finding: ComparisonReport.Finding

  init(_ finding: ComparisonReport.Finding) { self.finding = finding }

  private enum CodingKeys: String, CodingKey {
    case arm, metric, difference, interval, level, resamples, seed, p, wins, ties, losses, pairs,
      prompts, variance, needed
    case armMean = "arm_mean"
    case baseMean = "base_mean"
    case noInterval = "no_interval"
    case adjustedP = "p_holm"
    case method = "p_method"
    case draws = "p_draws"
    case winRate = "win_rate"
    case droppedPairs = "dropped_pairs"
  }

  func encode(to encoder: any Encoder) throws {
    let found = finding.comparison
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(finding.arm, forKey: .arm)
    try container.encode(finding.metric, forKey: .metric)
    try container.encode(found.difference, forKey: .difference)
    try container.encode(found.armMean, forKey: .armMean)
    try container.encode(found.baseMean, forKey: .baseMean)
    let range = found.interval.range
    try container.encode(range.map { [$0.lowerBound, $0.upperBound] }, forKey: .interval)
    try container.encode(found.interval.absence?.description, forKey: .noInterval)
    try container.encode(found.bootstrap.level, forKey: .level)
    try container.encode(found.bootstrap.resamples, forKey: .resamples)
    try container.encode(found.bootstrap.seed, forKey: .seed)
    try container.encode(found.test.p, forKey: .p)
    try container.encode(finding.adjustedP, forKey: .adjustedP)
    switch found.test.method {
    case .exact:
      try container.encode("exact", forKey: .method)
      try container.encodeNil(forKey: .draws)
    case .monteCarlo(let draws):
      try container.encode("monte-carlo", forKey: .method)
      try container.encode(draws, forKey: .draws)
    }
    try container.encode(found.wins.wins, forKey: .wins)
    try container.encode(found.wins.ties, forKey: .ties)
    try container.encode(found.wins.losses, forKey: .losses)
    try container.encode(found.wins.rate, forKey: .winRate)
    try container.encode(found.pairs, forKey: .pairs)
    try container.encode(found.prompts, forKey: .prompts)
    try container.encode(found.droppedPairs, forKey: .droppedPairs)
    try container.encode(found.components.map(VarianceRecord.init), forKey: .variance)
    try container.encode(found.needed.map(NeededRecord.init), forKey: .needed)
  }
}

/// Variance components as compare.json has them.
private struct VarianceRecord: Encodable {
  let prompt: Double
  let seed: Double?
  let seedsPerPrompt: Double

  init(_ components: VarianceComponents) {
    (prompt, seed) = (components.prompt, components.seed)
    seedsPerPrompt = components.seedsPerPrompt
  }

  private enum CodingKeys: String, CodingKey {
    case prompt, seed
    case seedsPerPrompt = "seeds_per_prompt"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(prompt, forKey: .prompt)
    try container.encode(seed, forKey: .seed)
    try container.encode(seedsPerPrompt, forKey: .seedsPerPrompt)
  }
}

/// Needed prompts and seeds as compare.json has them: `{"total": 34, "more": 14}`, or why not.
private struct NeededRecord: Encodable {
  let needed: NeededSamples

  init(_ needed: NeededSamples) { self.needed = needed }

  private enum CodingKeys: String, CodingKey {
    case effect, prompts, seeds
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(needed.effect, forKey: .effect)
    for (key, need) in [(CodingKeys.prompts, needed.prompts), (.seeds, needed.seeds)] {
      switch need {
      case .total(let total, let more):
        try container.encode(["total": total, "more": more], forKey: key)
      case .notReachable: try container.encode("not reachable", forKey: key)
      case .unknown: try container.encode("unknown", forKey: key)
      }
    }
  }
}
