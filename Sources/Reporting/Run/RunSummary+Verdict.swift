extension RunSummary {
  /// The result in a sentence or two, and what to know beside it.
  var verdict: [ReportBlock] {
    var blocks = [result]
    if let stopping {
      blocks.append(.text("The run ended after round \(stopping.round): \(stopping.reason)."))
    }
    return blocks + warnings.map { .callout(.warning, $0) }
  }

  private var result: ReportBlock {
    guard let bestRound else {
      return .callout(.note, "No round has been judged by the dev prompts yet.")
    }
    guard bestRound > 0 else {
      return .callout(
        .warning, "No round is better than the base on the dev prompts: keep the base.")
    }
    guard let best = test?.arms.first(where: { $0.role == .best }),
      let gain = best.comparisons.first(where: { $0.role == .base })
    else { return devResult(of: bestRound) }
    let head =
      "Round \(bestRound) is best: test \(rewardName) "
      + "\(NumberText.text(gain.difference, isSigned: true)) over the base"
    let control = best.comparisons.first { $0.role == .control }.map {
      ", \(NumberText.text($0.difference, isSigned: true)) over random selection"
    }
    let wins = gain.winRate.map { "; it wins \(NumberText.percent($0)) of pairs" }
    let sentence = head + (control ?? "") + (wins ?? "") + "."
    guard let interval = gain.difference.interval else {
      return .callout(.note, "\(sentence) There is \(gain.intervalNote ?? "no interval").")
    }
    if interval.lowerBound > 0 { return .callout(.good, sentence) }
    let doubt =
      interval.upperBound < 0
      ? "It is worse than the base." : "The interval includes 0: no gain has been shown."
    return .callout(.warning, "\(sentence) \(doubt)")
  }

  /// What the dev prompts say where the test prompts have not been asked.
  private func devResult(of best: Int) -> ReportBlock {
    let reward = rounds.first { $0.number == best }?.devReward
    let base = rounds.first { $0.number == 0 }?.devReward
    let values = reward.map { reward in
      ": dev \(rewardName) \(NumberText.text(reward))"
        + (base.map { " (base \(NumberText.text($0)))" } ?? "")
    }
    return .callout(
      .note,
      "Round \(best) is best so far\(values ?? ""). The test prompts have not been sampled yet.")
  }
}
