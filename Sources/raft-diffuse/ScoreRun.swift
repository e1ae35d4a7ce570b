internal import CLIP
internal import CLIPReward
internal import Diffusion
internal import ExitStatuses
internal import Files
internal import NN
internal import Torch

/// One call of `raft-diffuse score`, from the paths to the results.
final class ScoreRun {
  private let command: ScoreCommand
  private let paths: [String]
  private let given: ScorePrompts.Given?
  private let progress: ProgressLine
  private let loaded: LoadedRewards
  private let passports: [String: ScoreRecord.Passport]
  private let earlier: [(reward: String, table: ScoreTable)]
  private let files: ImageFiles
  private let scorer: ImageScorer
  private let embeddings: EmbeddingFiles?

  private var images: [ScoredImage] = []

  /// Everything that can be found wrong before an image is read is found here.
  init(_ command: ScoreCommand) throws {
    self.command = command
    paths = try ImageList.paths(command.images, recursive: command.recursive)
    given = try command.prompts.prompts(of: paths)
    try command.output.check()
    if let threads = command.threads { Machine.threadCount = threads }
    let device = try command.chosenDevice()
    let progress = ProgressLine(
      total: paths.count, unit: "image", isQuiet: command.output.quiet)
    self.progress = progress
    let isQuiet = command.output.quiet
    let warn: (String) -> Void = { text in
      progress.finish()
      if !isQuiet { Console.warning(text) }
    }
    if command.rewards.needsCLIP || command.output.embeds,
      let warning = command.precision.warning(on: device)
    {
      warn(warning)
    }
    let earlierResults = try command.output.compared.map { try ScoreRecord.read($0) }
    let cache = try command.rewards.openCache(warn: warn)
    loaded = try command.rewards.load(
      placement: command.precision.placement(on: device), batch: command.batch, cache: cache,
      embeds: command.output.embeds, transparency: command.transparency, isQuiet: isQuiet,
      warn: warn)
    given?.warnings.forEach(warn)
    passports = loaded.passports
    // Scores on another scale are refused before the work, not after it.
    var earlier: [(reward: String, table: ScoreTable)] = []
    for (file, records) in zip(command.output.compared, earlierResults) {
      for reward in loaded.rewards {
        let table = try ScoreRecord.table(of: reward.name, in: records, from: file)
        try table.check(reward.reward.passport, from: "these images")
        earlier.append((reward.name, table))
      }
    }
    self.earlier = earlier
    files = ImageFiles(cache: cache, transparency: command.transparency)
    embeddings =
      command.output.embeds
      ? EmbeddingFiles(
        command.output, loaded, given: given?.all, transparency: command.transparency) : nil
    scorer = ImageScorer(
      loaded, files,
      ImageGuard(
        .init(duplicates: command.keepDuplicates, flat: command.keepFlat),
        readsPrompts: loaded.readPrompts, cache: cache),
      TruncatedPrompts(command.rewards.readsTexts && !isQuiet ? loaded.model : nil, warn: warn),
      warn: warn)
  }

  /// Scores the images and prints what came of it.
  func run() throws {
    // A mixture's score is known only when all are.
    let streams = command.output.json && command.output.top == nil && loaded.isPlain
    var failure: (any Error)?
    let batch =
      command.rewards.hasExternal
      ? max(command.batch, command.rewards.external.rewardBatch) : command.batch
    for start in stride(from: 0, to: paths.count, by: batch) {
      guard !Interruption.isRequested else { break }
      let range = start..<min(start + batch, paths.count)
      do {
        let scored = try scorer.score(
          Array(paths[range]), prompts: given.map { Array($0.ofImages[range]) },
          alsoTo: embeddings?.add)
        if streams { for image in scored { try Console.json(image.record(passports)) } }
        images += scored
      } catch {
        failure = error
        break
      }
      let excluded = images.count { $0.exclusion != nil }
      progress.update(range.upperBound, excluded == 0 ? "scoring" : "\(excluded) left out")
    }
    progress.finish()
    if let failure, images.isEmpty { throw failure }
    let results: [ScoreRecord]
    do {
      if !loaded.isPlain, let mixture = loaded.plan?.mixture {
        if let warning = ScoredImage.warning(of: mixture, images) { warn(warning) }
        images = try ScoredImage.mixed(images, mixture, loaded.rewards)
      }
      results = images.map { $0.record(passports) }
      try report(results, streamed: streams)
    } catch {
      // What failed first says why.
      throw failure ?? error
    }
    if let failure { throw failure }
    guard results.count == paths.count else {
      throw CommandError(
        status: .tryAgain,
        description: "stopped as you asked: \(results.count) of \(paths.count) images are done")
    }
    try embeddings?.write()
    try refuseEmpty(results)
  }

  // MARK: Reporting

  private func report(_ results: [ScoreRecord], streamed: Bool) throws {
    if !streamed {
      if command.output.json {
        let ranked =
          command.output.top.map { ScoreReport.ranked(results, top: $0) } ?? results
        for record in ranked { try Console.json(record) }
      } else if !loaded.rewards.isEmpty, results.contains(where: { $0.score != nil }) {
        let report = ScoreReport(
          rewards: loaded.rewards.map(\.name), isMixed: !loaded.isPlain, results)
        let ranked = ScoreReport.ranked(results, top: command.output.top)
        for line in report.table(ranked) + [""] + report.summary { try Console.result(line) }
      }
    }
    try compare(results)
    guard !command.output.quiet else { return }
    let scored = results.count { $0.excluded == nil }
    let counts = ScoreReport.exclusions(in: results)
    Console.note(
      "\(scored) of \(paths.count) images scored\(counts.isEmpty ? "" : ", left out: \(counts)"); "
        + "\(files.decodedCount) decoded")
  }

  private func compare(_ results: [ScoreRecord]) throws {
    guard results.contains(where: { $0.excluded == nil }) else { return }
    for (reward, table) in earlier {
      let now = try ScoreRecord.table(of: reward, in: results, from: "these images")
      let comparison = try table.comparison(with: now)
      let line = ResultsComparison.line(comparison, reward, table.source, "these images")
      if command.output.json { Console.note(line) } else { try Console.result(line) }
    }
  }

  private func refuseEmpty(_ results: [ScoreRecord]) throws {
    guard results.allSatisfy({ $0.excluded != nil }) else { return }
    let first = results.first.map { record in
      let reason = record.excluded ?? ""
      return reason.hasPrefix(record.image) ? reason : "\(record.image): \(reason)"
    }
    let advice =
      results.contains { $0.exclusion != "no-prompt" } ? "" : "; give one with --prompt"
    throw CommandError(
      status: .badInput,
      description: "none of the \(results.count) images could be scored, "
        + "\(ScoreReport.exclusions(in: results)); the first: \(first ?? "")\(advice)")
  }

  private func warn(_ text: String) {
    progress.finish()
    if !command.output.quiet { Console.warning(text) }
  }
}
