internal import Imaging
internal import RAFT
internal import Reporting
internal import RunStore

extension RoundReport {
  /// Numbers that the ledger and metrics.jsonl have and no chart shows.
  var uncharted: [String: Double] {
    var numbers: [String: Double] = [
      "examples": Double(examples), "gain_of_best": gain, "acceptance_rate": acceptanceRate,
      "selection_divergence": selectionDivergence,
    ]
    numbers["last_loss"] = tuning.lastLoss
    return numbers
  }
}

extension RunSummary.Round {
  /// Its numbers by the names of metrics.jsonl.
  var numbers: [String: Double] {
    Dictionary(scalars.map { ($0.name, $0.value) }) { first, _ in first }
  }

  /// A round from the numbers that the ledger has of it.
  ///
  /// - Parameters:
  ///   - report: nil for the base.
  ///   - prompts: the prompts to learn from.
  init(_ number: Int, _ metrics: [String: Double], _ report: RoundReport?, _ prompts: [String]) {
    self.init(number)
    devReward = metrics["dev_reward"].map {
      Estimate($0, standardError: metrics["dev_reward_error"])
    }
    devWatch = metrics["dev_watch"].map { Estimate($0, standardError: metrics["dev_watch_error"]) }
    drift = metrics["drift"]
    diversity = metrics["diversity"]
    mmd = metrics["mmd"]
    imageStatistics = ImageStatistics(metrics)
    adapterNorms = metrics.filter { $0.key.hasPrefix("norm_") }
      .map { RunSummary.BlockNorm(String($0.key.dropFirst(5)), $0.value) }.sorted {
        $0.block < $1.block
      }
    guard let report else { return }
    samples = report.candidates
    // Reasons name other samples; what they begin with is their kind.
    let kinds = report.exclusions.reduce(into: [String: Int]()) { counts, entry in
      counts[String(entry.key.prefix { $0 != ":" }), default: 0] += entry.value
    }
    exclusions = kinds.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }
    selected = report.selected
    rewardMean = report.meanReward
    rewardBest = report.bestReward
    rewardSelected = report.selectedReward
    rewardSpread = report.spread
    gainPredicted = report.predictedGain
    loss = report.tuning.meanLoss
    let perPrompt = report.candidates / max(report.selections.count, 1)
    self.prompts = report.selections.sorted { $0.key < $1.key }.map {
      RunSummary.PromptCount(prompts[$0.key], sampled: perPrompt, selected: $0.value)
    }
  }
}

extension ImageStatistics {
  /// The numbers as the ledger names them; nil unless all are there.
  fileprivate init?(_ metrics: [String: Double]) {
    guard let brightness = metrics["brightness"], let contrast = metrics["contrast"],
      let saturation = metrics["saturation"], let edgeDensity = metrics["edge_density"],
      let nearBlack = metrics["near_black"], let entropy = metrics["colour_entropy"]
    else { return nil }
    self.init(
      brightness: brightness, contrast: contrast, saturation: saturation,
      edgeDensity: edgeDensity, nearBlackFraction: nearBlack, colourEntropy: entropy)
  }
}

extension Choice {
  /// What the ledger keeps of a round's selection.
  func rows<Prompt, Sample>(_ round: Int, _ judged: [JudgedCandidate<Prompt, Sample>])
    -> [SelectionRow]
  {
    let keys = Dictionary(judged.map { ($0.address, $0.ranked.key) }) { first, _ in first }
    let reasons = Dictionary(
      judged.compactMap { candidate -> (SampleAddress, String)? in
        guard case .excluded(let reason) = candidate.judgement else { return nil }
        return (candidate.address, reason)
      }
    ) { first, _ in first }
    let taken = selected.enumerated().map { place, address in
      SelectionRow(
        round: round, address, rank: place, key: keys[address] ?? nil, reason: "selected")
    }
    let left = rejected.map { rejection in
      SelectionRow(
        round: round, rejection.address, rank: nil, key: keys[rejection.address] ?? nil,
        reason: reasons[rejection.address].map { "excluded: \($0)" }
          ?? rejection.reason.description)
    }
    return taken + left
  }
}
