internal import Diffusion
internal import ExitStatuses
internal import Files
internal import Foundation
internal import Imaging
internal import LoRA
internal import Policies
internal import Torch

/// Makes the images of a comparison that are not there yet.
final class ArmSampling {
  private let command: CompareCommand
  private let modelName: String
  private let model: StableDiffusion
  private let device: Device
  private let textToImage: TextToImage
  private let evaluations: Int
  private let warn: (String) -> Void
  private var batch: Int

  /// Loads the model; its weights are read when they are first used.
  init(
    _ command: CompareCommand, model name: String, on device: Device,
    warn: @escaping (String) -> Void
  ) throws {
    self.command = command
    self.device = device
    self.warn = warn
    modelName = name
    if let warning = command.model.precision.warning(on: device) { warn(warning) }
    model = try command.model.load(name, on: device)
    model.warnings.forEach(warn)
    if let note = command.sampling.substitution(model.scheduler) { warn(note) }
    let sampler = try command.sampling.plan(model.scheduler)
    evaluations = sampler.timesteps.count
    textToImage = try TextToImage(
      model, sampler: sampler, options: command.sampling.textToImage)
    batch = command.batch ?? BatchSize.fitting(model, command.sampling.textToImage)
  }

  /// One arm, ready to make its images.
  struct Arm {
    let name: String
    let adapter: LoadedAdapter?
    let requests: [ImageRequest]
    let paths: [String]
  }

  /// Reads the adapters of `arms`.
  ///
  /// - Parameter paths: the image files of each.
  func load(_ arms: [CompareArm], _ requests: [ImageRequest], paths: [[String]]) throws -> [Arm] {
    let names = AdapterNames(model)
    let loaded = try zip(arms, paths).map { arm, paths in
      let adapter = try arm.choice.map { choice in
        LoadedAdapter(
          choice: choice, file: try command.arms.partial.read(choice.path, names: names))
      }
      return Arm(name: arm.name, adapter: adapter, requests: requests, paths: paths)
    }
    if !command.output.quiet { Console.remarks(on: loaded.compactMap(\.adapter?.file)) }
    let targets = AdapterTargets(model)
    for arm in loaded { if let adapter = arm.adapter { try targets.check(adapter.file.weights) } }
    return loaded
  }

  /// Tells which of the prompts the model does not see whole.
  func warnOfTruncation(_ texts: some Sequence<String>) {
    for text in Set(texts).sorted() {
      guard let rest = textToImage.truncation(of: text) else { continue }
      warn(Advice.truncation(rest, by: model.tokenizer) + " (--long-prompts keeps it)")
    }
  }

  /// Makes what is missing of every arm.
  ///
  /// - Returns: why images cannot be made, by their paths.
  /// - Throws: `CommandError` of status 75 where the user asked to stop; what is made stays.
  func make(_ arms: [Arm]) throws -> [String: String] {
    let missing = try arms.map { arm in
      try arm.requests.indices.filter { try !isThere(arm, $0) }
    }
    let total = missing.reduce(0) { $0 + $1.count }
    guard total > 0 else { return [:] }
    let progress = ProgressLine(
      total: total * evaluations, unit: "step", isQuiet: command.output.quiet)
    defer { progress.finish() }
    var failures: [String: String] = [:]
    var done = 0
    for (arm, places) in zip(arms, missing) where !places.isEmpty {
      try hang(arm.adapter)
      try make(places, of: arm, failures: &failures) { made, steps, count in
        done += made
        let last = count > 1 ? "-\(done + count)" : ""
        progress.update(
          done * evaluations + steps * count,
          "\(arm.name), image \(min(done + 1, total))\(last) of \(total)")
      }
    }
    return failures
  }

  private func hang(_ adapter: LoadedAdapter?) throws {
    let adapters = adapter.map { [($0.file.weights, $0.choice.scale)] } ?? []
    try AdapterTargets(model).attach(adapters, folding: true)
  }

  /// - Parameter progress: hears how many images are done since it heard last, and how many steps
  ///   so many other images have behind them.
  private func make(
    _ places: [Int], of arm: Arm, failures: inout [String: String],
    progress: (_ made: Int, _ steps: Int, _ count: Int) -> Void
  ) throws {
    var rest = places[...]
    // Where one image of a batch is not finite, each is made alone to find out which.
    var alone = 0
    while !rest.isEmpty {
      let group = Array(rest.prefix(alone > 0 ? 1 : batch))
      do {
        try Self.refuseStop()
        let images = try images(group.map { arm.requests[$0] }) { progress(0, $0, group.count) }
        for (image, place) in zip(images, group) { try write(image, of: arm, at: place) }
      } catch let error as GenerationError where error.isNotFinite {
        guard group.count == 1, let place = group.first else {
          alone = group.count
          continue
        }
        failures[arm.paths[place]] = "\(error)"
        warn("\(arm.paths[place]) cannot be made: \(error)")
      } catch TorchError.outOfMemory(_, _, _) where group.count > 1 && device != .cpu {
        try Machine.emptyCache(device)
        batch = group.count / 2
        warn("the device's memory is full; going on with \(batch) images at once")
        continue
      } catch SamplingError.stopped {
        try Self.refuseStop()
      }
      rest = rest.dropFirst(group.count)
      alone = max(alone - group.count, 0)
      progress(group.count, 0, 0)
    }
  }

  /// Ends the work where the user has asked for it.
  static func refuseStop() throws {
    guard Interruption.isRequested else { return }
    throw CommandError(
      status: .tryAgain,
      description: "stopped as you asked; the same call again goes on from here")
  }

  private func images(_ requests: [ImageRequest], step: (Int) -> Void) throws -> [RGBImage] {
    var failure: TorchError?
    let latents = Result {
      try textToImage.latents(for: requests) { done in
        // A GPU is only asked so far; the time is that of the work.
        do throws(TorchError) {
          try Machine.synchronize(device)
        } catch {
          failure = error
          return .stop
        }
        step(done.done)
        return Interruption.isRequested ? .stop : .continue
      }
    }
    if let failure { throw failure }
    return try RGBImage.images(from: textToImage.decode(latents.get()))
  }

  // MARK: Files

  private func write(_ image: RGBImage, of arm: Arm, at place: Int) throws {
    let path = arm.paths[place]
    if image.statistics.isNearlyConstant() {
      warn("\(path) is of one colour only; the model or the settings may be broken")
    }
    _ = try NewFolder(NewFolder.parent(of: path))
    try PNG.write(image, to: path, texts: record(arm, place).texts())
  }

  private func record(_ arm: Arm, _ place: Int) -> ImageRecord {
    var record = ImageRecord(
      arm.requests[place], by: model, named: modelName,
      adapters: arm.adapter.map { [$0.record] } ?? [], command.sampling)
    record.command = record.arguments(
      files: command.model.files, allowsPartial: command.arms.partial.allowPartial)
    return record
  }

  /// Whether the image is there already, made in the same way.
  ///
  /// - Throws: `CommandError` where there is another one under its name.
  private func isThere(_ arm: Arm, _ place: Int) throws -> Bool {
    let path = arm.paths[place]
    guard FileManager.default.fileExists(atPath: path) else { return false }
    let texts = try PNG.texts(of: path)
    let text = texts.first { $0.keyword == PNGText.recordKeyword }?.text
    let record = text.flatMap {
      try? JSONDecoder().decode(ImageRecord.self, from: Data($0.utf8))
    }
    guard record == self.record(arm, place) else {
      throw CommandError(
        status: .inputOutput,
        description: "\(path) was made in another way than this call asks for; choose another "
          + "--out, or begin anew with --force")
    }
    return true
  }
}
