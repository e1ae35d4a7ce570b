internal import Imaging

extension RunSummary {
  /// What stands out, rewards first; empty where nothing does.
  package func remarks(limits: RemarkLimits = RemarkLimits()) -> [RunRemark] {
    devRemarks + watchRemarks + gainRemarks(limits) + distanceRemarks(limits)
      + imageRemarks(limits) + sampleRemarks(limits)
  }

  /// The round with the highest dev reward, the earliest of several.
  private var peak: (round: Round, reward: Estimate)? {
    rounds.compactMap { round in round.devReward.map { (round, $0) } }
      .reduce(nil) { best, next in
        guard let best else { return next }
        return next.1.value > best.1.value ? next : best
      }
  }

  /// The dev reward past its peak by more than a standard error, or never off the base's.
  private var devRemarks: [RunRemark] {
    guard let peak, let last = rounds.last(where: { $0.devReward != nil }),
      let reward = last.devReward, last.number > 0
    else { return [] }
    let error = max(peak.reward.standardError ?? 0, reward.standardError ?? 0)
    if last.number > peak.round.number, peak.reward.value - reward.value > error {
      let fall =
        "the dev reward fell from \(NumberText.short(peak.reward.value)) "
        + "(\(Self.name(of: peak.round.number))) to \(NumberText.short(reward.value)) "
        + "(round \(last.number))"
      let advice = "\(Self.name(of: bestRound ?? peak.round.number)) is the one to use"
      let rise = trainRewards(from: peak.round.number)
      guard let rise, rise.last > rise.first else {
        return [.init(.warning, "Past the peak: \(fall); \(advice).")]
      }
      return [
        .init(
          .warning,
          "Over-optimisation: \(fall) while the mean reward of the training samples rose from "
            + "\(NumberText.short(rise.first)) to \(NumberText.short(rise.last)); \(advice).")
      ]
    }
    let base = rounds.first { $0.number == 0 }?.devReward
    guard last.number >= 2, let base, let error = base.standardError,
      rounds.compactMap(\.devReward).allSatisfy({ abs($0.value - base.value) <= error })
    else { return [] }
    return [
      .init(
        .warning,
        "In \(last.number) rounds the dev reward has not left the base's "
          + "\(NumberText.short(base.value)) by more than its standard error "
          + "\(NumberText.short(error)): more training steps, a higher learning rate or more "
          + "samples a prompt may be needed.")
    ]
  }

  /// The first and last mean training reward from a round on.
  private func trainRewards(from round: Int) -> (first: Double, last: Double)? {
    let rewards = rounds.filter { $0.number >= round }.compactMap(\.rewardMean)
    guard rewards.count > 1, let first = rewards.first, let last = rewards.last else { return nil }
    return (first, last)
  }

  /// The watched reward below the base's by more than a standard error.
  private var watchRemarks: [RunRemark] {
    guard let base = rounds.first(where: { $0.number == 0 })?.devWatch,
      let round = rounds.last(where: { $0.number > 0 && $0.devWatch != nil }),
      let last = round.devWatch,
      base.value - last.value > max(base.standardError ?? 0, last.standardError ?? 0)
    else { return [] }
    return [
      .init(
        .warning,
        "\(watchName), which is watched and not optimised, fell from \(NumberText.short(base.value)) "
          + "to \(NumberText.short(last.value)) (round \(round.number)): what the optimised reward "
          + "gains may not be what is wanted.")
    ]
  }

  /// Gains that selection promised and training did not bring.
  private func gainRemarks(_ limits: RemarkLimits) -> [RunRemark] {
    let gains = rounds.compactMap { round in
      round.gainPredicted.flatMap { predicted in round.gainActual.map { (predicted, $0) } }
    }
    let predicted = gains.reduce(0) { $0 + $1.0 }
    let actual = gains.reduce(0) { $0 + $1.1 }
    guard gains.count >= 2, predicted > 0, actual < limits.gainShare * predicted else { return [] }
    return [
      .init(
        .note,
        "Over \(gains.count) rounds selection promised a gain of \(NumberText.signed(predicted)) "
          + "and \(NumberText.signed(actual)) came: the adapter learns little of what is selected.")
    ]
  }

  /// How far the model is from its base.
  private func distanceRemarks(_ limits: RemarkLimits) -> [RunRemark] {
    var remarks: [RunRemark] = []
    if let round = rounds.last(where: { $0.drift != nil }), let drift = round.drift,
      drift > limits.drift
    {
      remarks.append(
        .init(
          .warning,
          "The drift is large: predictions of noise are \(NumberText.short(drift)) from the base's "
            + "per dimension (round \(round.number)), where the noise itself has 1; a β above 0 or "
            + "fewer rounds keep the model nearer."))
    }
    if let round = rounds.last(where: { !$0.adapterNorms.isEmpty }),
      let largest = round.adapterNorms.max(by: { $0.ratio < $1.ratio }),
      largest.ratio > limits.adapterNorm
    {
      remarks.append(
        .init(
          .warning,
          "The adapter moves the weights of \(largest.block) by "
            + "\(NumberText.percent(largest.ratio)) (round \(round.number))."))
    }
    if let first = rounds.first(where: { $0.diversity != nil }), let before = first.diversity,
      let last = rounds.last(where: { $0.diversity != nil }), let after = last.diversity,
      before > 0, 1 - after / before > limits.diversityLoss
    {
      remarks.append(
        .init(
          .warning,
          "Images of one prompt look more alike: diversity is down by "
            + "\(NumberText.percent(1 - after / before)), from \(NumberText.short(before)) "
            + "(\(Self.name(of: first.number))) to \(NumberText.short(after)) (round \(last.number))."
        ))
    }
    return remarks
  }

  /// Dev images that became dark, flat or garish.
  private func imageRemarks(_ limits: RemarkLimits) -> [RunRemark] {
    guard let first = rounds.first(where: { $0.imageStatistics != nil }),
      let before = first.imageStatistics,
      let last = rounds.last(where: { $0.imageStatistics != nil }),
      let after = last.imageStatistics, last.number > first.number
    else { return [] }
    let span = "(\(Self.name(of: first.number)) to round \(last.number))"
    var remarks: [RunRemark] = []
    if after.nearBlackFraction - before.nearBlackFraction > limits.nearBlackRise {
      remarks.append(
        .init(
          .warning,
          "Images get dark: the near-black share of their pixels rose from "
            + "\(NumberText.percent(before.nearBlackFraction)) to "
            + "\(NumberText.percent(after.nearBlackFraction)) \(span)."))
    }
    let others: [(String, (ImageStatistics) -> Double)] = [
      ("brightness", \.brightness), ("contrast", \.contrast), ("saturation", \.saturation),
      ("edge density", \.edgeDensity), ("colour entropy", \.colourEntropy),
    ]
    for (name, number) in others where number(before) > 0 {
      let change = number(after) / number(before) - 1
      guard abs(change) > limits.statisticChange else { continue }
      remarks.append(
        .init(
          .warning,
          "The images' \(name) \(change > 0 ? "rose" : "fell") by "
            + "\(NumberText.percent(abs(change))), from \(NumberText.short(number(before))) to "
            + "\(NumberText.short(number(after))) \(span)."))
    }
    return remarks
  }

  /// Samples that count for nothing, and prompts that nothing is learned from.
  private func sampleRemarks(_ limits: RemarkLimits) -> [RunRemark] {
    var remarks: [RunRemark] = []
    for round in rounds {
      guard let samples = round.samples, samples > 0 else { continue }
      let share = Double(round.excludedCount) / Double(samples)
      guard share > limits.excludedShare else { continue }
      let reasons = round.exclusions.map { "\($0.count) × \($0.reason)" }.joined(separator: ", ")
      remarks.append(
        .init(
          .warning,
          "In round \(round.number) \(round.excludedCount) of \(samples) samples "
            + "(\(NumberText.percent(share))) count for nothing: \(reasons)."))
    }
    let counts = promptCounts
    let never = counts.filter { $0.selected == 0 && $0.sampled > 0 }.map { "“\($0.prompt)”" }
    if !never.isEmpty, never.count < counts.count {
      let more = never.count > 5 ? " and \(never.count - 5) more" : ""
      remarks.append(
        .init(
          .note,
          "\(never.count) of \(counts.count) prompts were never selected: "
            + "\(never.prefix(5).joined(separator: ", "))\(more)."))
    }
    return remarks
  }

  private static func name(of round: Int) -> String {
    round == 0 ? "the base" : "round \(round)"
  }
}
