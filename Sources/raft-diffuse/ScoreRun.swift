internal import CLIP
internal import CLIPReward
internal import Diffusion
internal import Files
internal import NN
internal import Torch

/// One call of `raft-diffuse score`, from the paths to the results.
final class ScoreRun {
  private let command: ScoreCommand
  private let paths: [String]
  private let given: ScorePrompts.Given?
  private let progress: ProgressLine
  private let cache: RewardCache?
  private let loaded: LoadedRewards
  private let earlier: [(reward: String, table: ScoreTable)]
  private let files: ImageFiles
  private let imageGuard: ImageGuard
  private let embeddings: EmbeddingFiles?

  private var results: [ScoreRecord] = []
  private var truncated: Set<String> = []

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
    cache = try command.rewards.openCache(warn: warn)
    loaded = try command.rewards.load(
      placement: command.precision.placement(on: device), batch: command.batch, cache: cache,
      embeds: command.output.embeds, warn: warn)
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
    files = ImageFiles(cache: cache)
    imageGuard = ImageGuard(
      .init(duplicates: command.keepDuplicates, flat: command.keepFlat),
      readsPrompts: loaded.readPrompts, cache: cache)
    embeddings =
      command.output.embeds ? EmbeddingFiles(command.output, loaded, given: given?.all) : nil
  }

  /// Scores the images and prints what came of it.
  func run() throws {
    let streams = command.output.json && command.output.top == nil
    for start in stride(from: 0, to: paths.count, by: command.batch) {
      guard !Interruption.isRequested else { break }
      let range = start..<min(start + command.batch, paths.count)
      let records = try score(range)
      if streams {
        for record in records { try Console.json(record) }
      }
      results += records
      let excluded = results.count { $0.excluded != nil }
      progress.update(range.upperBound, excluded == 0 ? "scoring" : "\(excluded) left out")
    }
    progress.finish()
    try report(streamed: streams)
    guard results.count == paths.count else {
      throw CommandError(
        status: .tryAgain,
        description: "stopped as you asked: \(results.count) of \(paths.count) images are done")
    }
    try embeddings?.write()
    try refuseEmptyResult()
  }

  // MARK: Scoring

  private func score(_ range: Range<Int>) throws -> [ScoreRecord] {
    let loadedFiles = try files.load(
      Array(paths[range]), prompts: given.map { Array($0.ofImages[range]) })
    var reasons: [Int: ExclusionReason] = [:]
    var inputs: [(index: Int, input: RewardInput)] = []
    for (index, file) in loadedFiles.enumerated() {
      switch file {
      case .input(let input): inputs.append((index, input))
      case .excluded(let reason): reasons[index] = reason
      }
    }
    for (entry, reason) in zip(inputs, try imageGuard.check(inputs.map(\.input))) {
      reasons[entry.index] = reason
    }
    let sound = inputs.filter { reasons[$0.index] == nil }
    warnOfTruncation(sound.compactMap(\.input.prompt))
    var outcomes: [Int: [String: RewardOutcome]] = [:]
    if !sound.isEmpty {
      for reward in loaded.rewards {
        let given = try reward.reward.outcomes(for: sound.map(\.input))
        for (entry, outcome) in zip(sound, given) {
          outcomes[entry.index, default: [:]][reward.name] = outcome
        }
      }
      try embeddings?.add(sound.map(\.input))
    }
    let byIndex = Dictionary(inputs.map { ($0.index, $0.input) }, uniquingKeysWith: { one, _ in one })
    return range.map { place in
      let index = place - range.lowerBound
      let record = self.record(
        paths[place], byIndex[index], prompt: given?.ofImages[place], outcomes[index] ?? [:],
        reasons[index])
      warn(of: record)
      return record
    }
  }

  private func record(
    _ path: String, _ input: RewardInput?, prompt: String?, _ outcomes: [String: RewardOutcome],
    _ reason: ExclusionReason?
  ) -> ScoreRecord {
    let names = loaded.rewards.map(\.name)
    let reason = reason ?? names.lazy.compactMap { outcomes[$0]?.exclusion }.first
    var details: [String: [String: Double]] = [:]
    for case (let name, .score(_, let more)) in outcomes where !more.isEmpty {
      details[name] = more
    }
    return ScoreRecord(
      image: path, digest: input?.digest, prompt: input?.prompt ?? prompt,
      scores: outcomes.compactMapValues(\.score),
      score: reason == nil ? names.first.flatMap { outcomes[$0]?.score } : nil, details: details,
      excluded: reason, passports: loaded.passports)
  }

  // MARK: Reporting

  private func report(streamed: Bool) throws {
    let ranked = ScoreReport.ranked(results, top: command.output.top)
    if !streamed {
      if command.output.json {
        for record in ranked { try Console.json(record) }
      } else if !loaded.rewards.isEmpty {
        let report = ScoreReport(rewards: loaded.rewards.map(\.name), results)
        for line in report.table(ranked) + [""] + report.summary { try Console.result(line) }
      }
    }
    try compare()
    guard !command.output.quiet else { return }
    let scored = results.count { $0.excluded == nil }
    let counts = ScoreReport.exclusions(in: results)
    Console.note(
      "\(scored) of \(paths.count) images scored\(counts.isEmpty ? "" : ", left out: \(counts)"); "
        + "\(files.decodedCount) decoded")
  }

  private func compare() throws {
    for (reward, table) in earlier {
      let now = try ScoreRecord.table(of: reward, in: results, from: "these images")
      let comparison = try table.comparison(with: now)
      let line = ResultsComparison.line(comparison, reward, table.source, "these images")
      if command.output.json { Console.note(line) } else { try Console.result(line) }
    }
  }

  private func refuseEmptyResult() throws {
    guard results.allSatisfy({ $0.excluded != nil }) else { return }
    let first = results.first.map { "\($0.image): \($0.excluded ?? "")" } ?? ""
    throw CommandError(
      status: .badInput,
      description: "none of the \(results.count) images could be scored, "
        + "\(ScoreReport.exclusions(in: results)); the first is \(first)")
  }

  private func warn(of record: ScoreRecord) {
    guard let reason = record.excluded else { return }
    let text =
      reason.hasPrefix(record.image)
      ? "left out: \(reason)" : "\(record.image.printable) is left out: \(reason)"
    warn(text)
  }

  /// Says which prompts are longer than the CLIP reads, each once, and not for ever.
  private func warnOfTruncation(_ prompts: [String]) {
    guard command.rewards.choices.contains(.clip), !command.output.quiet, truncated.count < 5
    else { return }
    for prompt in Set(prompts).subtracting(truncated).sorted() {
      guard let rest = (try? loaded.model?.model.truncation(of: prompt)) ?? nil,
        truncated.insert(prompt).inserted
      else { continue }
      warn("the CLIP sees 75 tokens of a prompt; this was cut off: “\(rest.printable)”")
    }
  }

  private func warn(_ text: String) {
    progress.finish()
    if !command.output.quiet { Console.warning(text) }
  }
}
