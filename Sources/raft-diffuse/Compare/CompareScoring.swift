internal import Alignment
internal import CLIPReward
internal import Diffusion
internal import Files
internal import Torch

/// Scores the images of a comparison that are not scored yet.
final class CompareScoring {
  private let rewards: LoadedRewards
  private let scorer: ImageScorer
  private let batch: Int
  private let isMixed: Bool
  private let isQuiet: Bool
  private let warn: (String) -> Void

  /// Images that are read and embedded at once.
  private static let imagesAtOnce = 16

  /// Loads the rewards.
  init(_ options: RewardOptions, on device: Device, isQuiet: Bool, warn: @escaping (String) -> Void)
    throws
  {
    let cache = try options.openCache(warn: warn)
    batch =
      options.hasExternal
      ? max(Self.imagesAtOnce, options.external.rewardBatch) : Self.imagesAtOnce
    rewards = try options.load(
      placement: Precision.fp32.placement(on: device), batch: Self.imagesAtOnce, cache: cache,
      defaultScope: .prompt, isQuiet: isQuiet, warn: warn)
    // Several rewards are metrics of their own; one score of them is made where it is asked for.
    isMixed = !rewards.isPlain && (rewards.rewards.count == 1 || options.asksForMixture)
    // Arms that make the same image are what a comparison is there to find.
    scorer = ImageScorer(
      rewards, ImageFiles(cache: cache),
      ImageGuard(.init(duplicates: true), readsPrompts: rewards.readPrompts, cache: cache),
      TruncatedPrompts(options.readsTexts && !isQuiet ? rewards.model : nil, warn: warn),
      warn: warn)
    self.isQuiet = isQuiet
    self.warn = warn
  }

  /// What the arms are compared by.
  func metrics(_ effects: [CompareEffect]) -> [ComparisonMetric] {
    let passports = rewards.passports
    let names = rewards.rewards.map(\.name) + (isMixed ? [LoadedRewards.mixture] : [])
    return names.compactMap { name in
      let effect = effects.last { $0.metric == name } ?? effects.last { $0.metric == nil }
      return passports[name].map {
        ComparisonMetric(name: name, passport: $0, effect: effect?.size)
      }
    }
  }

  /// The scores of images, in their order.
  ///
  /// - Parameters:
  ///   - paths: the images' files.
  ///   - prompts: what each should show.
  ///   - log: what earlier calls scored; takes what this one does.
  /// - Throws: `RewardError.mixedPassports` where the log's scores are on another scale, and
  ///   `CommandError` of status 75 where the user asked to stop; what is scored stays.
  func scores(_ paths: [String], prompts: [String?], _ log: ScoreLog) throws -> [ScoredImage] {
    let passports = rewards.passports
    try log.check(passports)
    let progress = ProgressLine(total: paths.count, unit: "image", isQuiet: isQuiet)
    defer { progress.finish() }
    var scored = try zip(paths, prompts).map { path, prompt in
      try log.record(of: path, prompt: prompt).flatMap { known(path, $0) }
    }
    let open = scored.indices.filter { scored[$0] == nil }
    for start in stride(from: 0, to: open.count, by: batch) {
      try ArmSampling.refuseStop()
      let group = open[start..<min(start + batch, open.count)]
      let images = try scorer.score(group.map { paths[$0] }, prompts: group.map { prompts[$0] })
      for (place, image) in zip(group, images) {
        scored[place] = image
        let record = image.record(passports)
        try log.add(record, line: Console.compactJSON(record))
      }
      progress.update(start + group.count, "scoring")
    }
    let images = scored.compactMap { $0 }
    guard isMixed, let mixture = rewards.plan?.mixture else { return images }
    if let warning = ScoredImage.warning(of: mixture, images) { warn(warning) }
    return try ScoredImage.mixed(images, mixture, rewards.rewards)
  }

  /// An image as it was scored before; nil where a metric is missing.
  private func known(_ path: String, _ record: ScoreRecord) -> ScoredImage? {
    var image = ScoredImage(path: path, prompt: record.prompt)
    for reward in rewards.rewards {
      guard let score = record.scores[reward.name] else { return nil }
      image.add(
        .score(score, details: record.details[reward.name] ?? [:]), of: reward.name,
        isNeeded: rewards.needs(reward.name))
    }
    return image
  }

  /// An image's scores by metric.
  func scores(of image: ScoredImage) -> [String: Double] {
    var scores = image.outcomes.compactMapValues(\.score)
    if isMixed, let score = image.score { scores[LoadedRewards.mixture] = score }
    return scores
  }
}

extension RewardOptions {
  /// Whether several rewards are to become one score.
  var asksForMixture: Bool {
    mixing.mix != nil || mixing.per != nil || !mixing.weight.isEmpty || !mixing.floor.isEmpty
      || texts.contains { text in (try? RewardTerm(parsing: text))?.weight != nil }
  }
}
