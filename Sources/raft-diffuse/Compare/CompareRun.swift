internal import Alignment
internal import CLIPReward
internal import Diffusion
internal import ExitStatuses
internal import Files
internal import Foundation
internal import Imaging
internal import RAFT
internal import Reporting
internal import Torch

/// One call of `raft-diffuse compare`, from the options to the report.
final class CompareRun {
  private let command: CompareCommand
  private let device: Device
  private let scoring: CompareScoring

  /// Loads the rewards: what is wrong with them is told before images are made.
  init(_ command: CompareCommand) throws {
    self.command = command
    if let threads = command.model.threads { Machine.threadCount = threads }
    device = try DeviceChoice.chosen(command.model.device)
    let isQuiet = command.output.quiet
    scoring = try CompareScoring(command.rewards, on: device, isQuiet: isQuiet) { text in
      if !isQuiet { Console.warning(text) }
    }
  }

  /// Makes what is missing, scores it, compares, writes and prints.
  func run() throws {
    let images = command.arms.folders.isEmpty ? try made() : try found()
    defer { images.folder.removeIfEmpty() }
    let log = try ScoreLog(command.output.scores)
    let report = try report(images, log)
    try write(report)
    if command.output.json {
      try Console.json(report)
    } else {
      for line in try ComparisonTable(report).lines() { try Console.result(line) }
    }
    try refuseEmpty(report)
  }

  /// The images that are compared.
  private struct Images {
    let arms: [ComparisonArm]
    let cases: [ComparisonCase]
    var failures: [String: String] = [:]
    let folder: NewFolder
  }

  // MARK: Images

  /// The arms' images, made as far as they are not there.
  private func made() throws -> Images {
    let (prompts, repeated) = try command.prompts.prompts()
    if repeated > 0 {
      warn(
        "\(repeated) \(repeated == 1 ? "prompt comes" : "prompts come") more than once; each counts "
          + "once")
    }
    warnOfFew(prompts: prompts.count)
    let arms = try CompareArm.arms(adapters: command.arms.adapters)
    let requests = command.prompts.requests(for: prompts)
    let paths = arms.map { arm in
      command.output.images(of: arm.name, requests, perPrompt: command.prompts.seeds)
    }
    let sampling = try ArmSampling(
      command, model: command.model.model ?? "", on: device, warn: warn)
    let loaded = try sampling.load(arms, requests, paths: paths)
    sampling.warnOfTruncation(prompts + [command.prompts.negative])
    let folder = try command.output.prepare(paths.flatMap { $0 })
    do {
      let failures = try sampling.make(loaded)
      let cases = requests.enumerated().map { place, request in
        ComparisonCase(
          prompt: request.prompt, name: "seed \(request.seed)", seed: request.seed,
          images: paths.map { $0[place] })
      }
      return Images(
        arms: loaded.map(Self.arm), cases: cases, failures: failures, folder: folder)
    } catch {
      folder.removeIfEmpty()
      throw error
    }
  }

  private static func arm(_ arm: ArmSampling.Arm) -> ComparisonArm {
    let record = arm.adapter?.record
    return ComparisonArm(
      name: arm.name, source: record?.path, scale: record?.scale, hash: record?.hash)
  }

  /// The images of folders, paired.
  private func found() throws -> Images {
    let arms = CompareArm.arms(folders: command.arms.folders)
    let folders = try arms.map { arm in
      try ImageList.paths([arm.choice?.path ?? ""], recursive: false)
    }
    let pairing = ImagePairing(folders)
    for (arm, paths) in zip(arms, pairing.unpaired) where !paths.isEmpty {
      let shown = paths.prefix(3).map(\.printable).joined(separator: ", ")
      let more = paths.count > 3 ? " and \(paths.count - 3) more" : ""
      warn(
        "\(paths.count) of the images of \(arm.name) have no partner of the same "
          + "\(pairing.key.rawValue) in every folder and are left out: \(shown)\(more)")
    }
    guard !pairing.cases.isEmpty else {
      throw CommandError(
        status: .badInput,
        description: "no image of \(command.arms.folders[0]) has a partner of the same "
          + "\(pairing.key.rawValue) in every other folder; give folders of the same prompts and "
          + "seeds, or with the same file names")
    }
    warnOfFew(prompts: Set(pairing.cases.map(\.group)).count)
    let folder = try command.output.prepare([])
    return Images(
      arms: arms.map { ComparisonArm(name: $0.name, source: $0.choice?.path) },
      cases: pairing.cases, folder: folder)
  }

  private func warnOfFew(prompts count: Int) {
    guard count < BootstrapInterval.fewestPrompts else { return }
    warn(
      "\(count) \(count == 1 ? "prompt is" : "prompts are") too few for intervals; "
        + "\(BootstrapInterval.fewestPrompts) or more give them")
  }

  // MARK: Scores

  private func report(_ images: Images, _ log: ScoreLog) throws -> ComparisonReport {
    let all = images.arms.indices.flatMap { arm in
      images.cases.compactMap { test in
        test.images[arm].map { (arm: images.arms[arm].name, path: $0, test: test) }
      }
    }
    let there = all.filter { images.failures[$0.path] == nil }
    let scored = try scoring.scores(
      there.map(\.path), prompts: there.map(\.test.prompt), log)
    let byPath = Dictionary(zip(there.map(\.path), scored), uniquingKeysWith: { a, _ in a })
    var compared: [String: ComparedImage] = [:]
    for image in all {
      let scored = byPath[image.path]
      compared[image.path] = ComparedImage(
        arm: image.arm, prompt: image.test.prompt, seed: image.test.seed, path: image.path,
        scores: scored.map(scoring.scores(of:)) ?? [:],
        excluded: images.failures[image.path] ?? scored?.exclusion?.description)
    }
    return ComparisonReport(
      arms: images.arms, metrics: scoring.metrics(command.effects), cases: images.cases,
      images: compared)
  }

  private func write(_ report: ComparisonReport) throws {
    try AtomicFile.write(
      Array((Console.compactJSON(report) + "\n").utf8), to: command.output.report)
    let grid = try report.grid(rowCount: command.output.gridRows)
    try PNG.write(grid, to: command.output.grid)
    let page = try report.page(grid: Picture(grid)).rendered()
    try AtomicFile.write(Array(page.utf8), to: command.output.page)
  }

  /// Where nothing could be compared, that is what the run says.
  private func refuseEmpty(_ report: ComparisonReport) throws {
    guard report.findings.allSatisfy({ $0.comparison.pairs == 0 }) else { return }
    let first = report.images.compactMap(\.excluded).first ?? ""
    throw CommandError(
      status: .badInput,
      description:
        "no image has a partner with a score, so nothing is compared; the first: \(first)")
  }

  private func warn(_ text: String) {
    if !command.output.quiet { Console.warning(text) }
  }
}
