/// What a round made, chose and did, in numbers; rewards are scores, without β·d.
public struct RoundReport: Sendable, Equatable, Codable {
  /// The round, counted from 1.
  public let round: Int

  /// All candidates, with and without a score.
  public let candidates: Int

  /// The candidates that were selected.
  public let selected: Int

  /// The candidates that were learned from: those selected, and those replayed.
  public let examples: Int

  /// The mean reward of all candidates that have one.
  public let meanReward: Double

  /// The mean over prompts of the best of their K.
  public let bestReward: Double

  /// The mean reward of what was selected.
  public let selectedReward: Double

  /// The standard deviation of rewards within prompts, pooled over them; nil where no prompt has
  /// two.
  public let spread: Double?

  /// The gain of the best of K over the mean of its prompt that the spread predicts for normal
  /// rewards: spread × expected maximum of K standard normals, averaged over prompts.
  public let predictedGain: Double?

  /// That gain as it came.
  public let gain: Double

  /// How often each prompt, by its place, was selected; 0 for those sampled in vain.
  public let selections: [Int: Int]

  /// How many candidates were left out for each reason.
  public let rejected: [Choice.Reason: Int]

  /// How many candidates were excluded for each reason that a policy or a reward gave.
  public let exclusions: [String: Int]

  /// The share of candidates that were selected, 0…1.
  public let acceptanceRate: Double

  /// How far selecting moves the distribution, in nats: `log n − (n−1)/n` of best-of-n for n the
  /// candidates for each one selected; 0 for a random selection.
  public let selectionDivergence: Double

  /// What is odd about the round, in sentences.
  public let warnings: [String]

  /// What fine-tuning did.
  public let tuning: TuningReport
}

extension RoundReport {
  /// The report of a round that selected something.
  init<Prompt, Sample>(
    round: Int, _ judged: [JudgedCandidate<Prompt, Sample>], _ choice: Choice, examples: Int,
    settings: RAFTSettings, tuning: TuningReport
  ) {
    let scores = judged.compactMap(\.judgement.score)
    let byPrompt = Dictionary(grouping: judged, by: \.address.prompt)
      .sorted { $0.key < $1.key }
      .map { (prompt: $0.key, scores: $0.value.compactMap(\.judgement.score)) }
    let groups = byPrompt.map(\.scores).filter { !$0.isEmpty }
    let chosen = Set(choice.selected)
    let counts = choice.selected.reduce(into: [:]) { $0[$1.prompt, default: 0] += 1 }
    let spread = Self.pooledDeviation(of: groups)

    self.round = round
    candidates = judged.count
    selected = choice.selected.count
    self.examples = examples
    meanReward = Self.mean(scores)
    bestReward = Self.mean(groups.compactMap { $0.max() })
    selectedReward = Self.mean(
      judged.filter { chosen.contains($0.address) }.compactMap(\.judgement.score))
    self.spread = spread
    predictedGain = spread.map { spread in
      spread * Self.mean(groups.map { BestOfN.expectedMaximumOfNormals($0.count) })
    }
    gain = Self.mean(groups.compactMap { group in group.max().map { $0 - Self.mean(group) } })
    selections = Dictionary(
      uniqueKeysWithValues: byPrompt.map { ($0.prompt, counts[$0.prompt, default: 0]) })
    rejected = choice.counts
    exclusions = judged.countedExclusions()
    acceptanceRate = Double(choice.selected.count) / Double(judged.count)
    selectionDivergence =
      settings.selection.isRandom ? 0 : BestOfN.divergence(1 / acceptanceRate)
    warnings = Self.warnings(scores: scores, prompts: byPrompt.count, settings: settings)
    self.tuning = tuning
  }

  private static func warnings(
    scores: [Double], prompts: Int, settings: RAFTSettings
  ) -> [String] {
    var warnings: [String] = []
    if settings.samplesPerPrompt == 1, settings.selection.ranksWithinPrompts {
      warnings.append(
        "there is one sample of each prompt, so none is better than another of its prompt; ask for "
          + "more samples per prompt")
    }
    if let first = scores.first, scores.count > 1, scores.allSatisfy({ $0 == first }) {
      warnings.append(
        "all \(scores.count) rewards are \(first), so the reward has decided nothing; look at what "
          + "it measures")
    }
    if let kept = settings.selection.promptsKept, kept >= prompts {
      warnings.append(
        "\(settings.selection) keeps up to \(kept) prompts and the round has \(prompts), so it "
          + "drops none")
    }
    return warnings
  }

  /// `√(Σ(x − mean of its group)² / Σ(size − 1))`.
  private static func pooledDeviation(of groups: [[Double]]) -> Double? {
    let freedom = groups.reduce(0) { $0 + $1.count - 1 }
    guard freedom > 0 else { return nil }
    let squares = groups.reduce(0.0) { sum, group in
      let mean = mean(group)
      return group.reduce(sum) { $0 + ($1 - mean) * ($1 - mean) }
    }
    return (squares / Double(freedom)).squareRoot()
  }

  private static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }
}
