internal import CLIPReward
internal import Diffusion
internal import ExitStatuses
internal import Files
internal import Foundation
internal import Imaging
internal import LoRA
internal import NN
internal import Policies
internal import Torch

/// One call of `raft-diffuse sample`, from the requests to the files.
struct SampleRun {
  private let command: SampleCommand
  private let requests: [ImageRequest]
  private let modelName: String
  private let paths: [String]
  private let folder: NewFolder
  private let start = ContinuousClock.now

  /// Everything that can be found wrong before a model is loaded is found here.
  init(_ command: SampleCommand) throws {
    self.command = command
    modelName = try command.model.name()
    requests = try command.prompts.requests()
    if command.output.grid != nil {
      _ = try Self.grid(of: requests.map { _ in nil }, requests, command).size()
    }
    paths = command.output.paths(of: requests, perPrompt: command.prompts.imagesPerPrompt)
    folder = try command.output.prepare(paths)
  }

  /// Makes the images.
  ///
  /// - Returns: what is finished, and why that is not all: the user asked to stop, or something
  ///   failed.
  /// - Throws: what failed before the first image was written.
  func run() throws -> (result: SampleResult, failure: (any Error)?) {
    defer { folder.removeIfEmpty() }
    if let threads = command.model.threads { Machine.threadCount = threads }
    if let note = try command.model.note(), !command.output.quiet { Console.note(note) }
    let device = try command.model.chosenDevice()
    if let warning = command.model.precision.warning(on: device) { warn(warning) }
    let given = try command.noise.load()
    let bestOf = try bestOfStage(on: device)
    let model = try command.model.load(on: device)
    model.warnings.forEach(warn)
    let adapters = try adapted(model)
    if let note = command.sampling.substitution(model.scheduler) { warn(note) }
    let stopwatch = Stopwatch()
    let sampler = TimedSampler(
      sampler: try command.sampling.plan(model.scheduler), stopwatch: stopwatch)
    let options = command.sampling.textToImage
    let textToImage = try TextToImage(model, sampler: sampler, options: options)
    try command.noise.check(
      given, shape: [requests.count] + textToImage.latentShape, draws: sampler.draws)
    warnOfTruncation(textToImage, model)
    if command.prompts.seed == nil, !command.output.quiet {
      Console.note(
        "seed \(requests[0].seed) was drawn; --seed \(requests[0].seed) makes the same again")
    }
    let loaded = elapsed
    var batch = command.batch ?? BatchSize.fitting(model, options)
    batch = min(batch, requests.count)
    let progress = ProgressLine(
      total: sampler.timesteps.count * requests.count, unit: "step", isQuiet: command.output.quiet)
    defer { progress.finish() }
    var latents: [Tensor] = []
    var images: [RGBImage] = []
    var done = 0
    // Where one image of a batch is not finite, each is made alone to find out which.
    var aloneUntil = 0
    var failure: (any Error)?
    while done < requests.count, !Interruption.isRequested, failure == nil {
      let range = done..<min(done + (done < aloneUntil ? 1 : batch), requests.count)
      let made: Tensor
      let decoded: [RGBImage]
      do {
        made = try self.latents(
          of: range, textToImage, given, progress, evaluations: sampler.timesteps.count,
          stopwatch, device)
        decoded = try stopwatch.decoding { try RGBImage.images(from: textToImage.decode(made)) }
      } catch SamplingError.stopped {
        break
      } catch let error as GenerationError where bestOf != nil && error.isNotFinite {
        if range.count > 1 {
          aloneUntil = range.upperBound
          continue
        }
        do {
          try bestOf?.add(nil, at: done, failure: "\(error)") {
            try write($0, $1, model, adapters, $2)
          }
          done += 1
        } catch ExternalRewardError.stopped {
          break
        } catch let error {
          failure = error
        }
        continue
      } catch TorchError.outOfMemory(_, _, _) where range.count > 1 && device != .cpu {
        try Machine.emptyCache(device)
        batch = range.count / 2
        warn("the device's memory is full; going on with \(batch) images at once")
        continue
      } catch {
        failure = error
        continue
      }
      // Fewer images at once would not help a reward whose memory is full: that ends the run.
      do {
        for (image, i) in zip(decoded, range) {
          if let bestOf {
            try bestOf.add(image, at: i) { try write($0, $1, model, adapters, $2) }
          } else {
            try write(image, i, model, adapters)
          }
          done += 1
        }
        if command.output.grid != nil, bestOf == nil { images += decoded }
        if command.output.saveLatents != nil { latents.append(try made.to(device: .cpu)) }
      } catch ExternalRewardError.stopped {
        break
      } catch {
        failure = error
      }
    }
    progress.finish()
    if done == requests.count {
      do {
        try writeLatents(latents)
        try bestOf?.finish { try write($0, $1, model, adapters, $2) }
        try writeGrid(images, bestOf)
        try refuseEmpty(bestOf)
      } catch {
        failure = error
      }
    } else {
      do {
        let count = try bestOf?.finishEarly { try write($0, $1, model, adapters, $2) } ?? 0
        if count > 0 {
          warn("the best were chosen among the \(count) prompts that are finished, not among all")
        }
      } catch {
        failure = failure ?? error
      }
      if failure == nil {
        failure = bestOf.map(stopped) ?? stopped(after: done)
      } else if done == 0, let failure {
        throw failure
      }
    }
    var result = result(model, stopwatch, loaded, batch, done, failure)
    result.adapters = adapters.isEmpty ? nil : adapters
    if let bestOf {
      result.images = zip(result.images, bestOf.notes).filter(\.1.isKept).map(\.0)
      result.bestOf = BestOfResult(
        bestOf, requests, paths, perPrompt: command.prompts.imagesPerPrompt)
    }
    return (result, failure)
  }

  /// Hangs the adapters that were asked for in `model`.
  private func adapted(_ model: StableDiffusion) throws -> [AdapterRecord] {
    guard !command.adapters.choices.isEmpty else { return [] }
    let loaded = try command.adapters.load(AdapterNames(model))
    if !command.output.quiet { Console.remarks(on: loaded.map(\.file)) }
    try AdapterTargets(model).attach(
      loaded.map { ($0.file.weights, $0.choice.scale) }, folding: true)
    return loaded.map(\.record)
  }

  /// The rewards that `--best-of` judges by; nil without it.
  private func bestOfStage(on device: Device) throws -> BestOfStage? {
    guard command.bestOf.count != nil else { return nil }
    var options = command.bestOf
    options.rewards = try options.rewards.completed(by: modelName)
    return try BestOfStage(
      options, requests, paths, perPrompt: command.prompts.imagesPerPrompt,
      keepsImages: command.output.grid != nil, on: device, isQuiet: command.output.quiet,
      warn: warn)
  }

  /// Where nothing could be kept, that is what the run says.
  private func refuseEmpty(_ bestOf: BestOfStage?) throws {
    guard let bestOf, !bestOf.notes.contains(where: \.isKept) else { return }
    let first = bestOf.notes.first?.excluded ?? ""
    throw CommandError(
      status: .badInput,
      description: "none of the \(requests.count) images has a score, so none is kept; the first: "
        + first)
  }

  /// The same where prompts are finished, not images.
  private func stopped(_ bestOf: BestOfStage) -> CommandError {
    let prompts = requests.count / command.prompts.imagesPerPrompt
    return CommandError(
      status: .tryAgain,
      description: "stopped as you asked: \(bestOf.decidedCount) of \(prompts) prompts are finished"
    )
  }

  /// What to say where the user stopped the run before its end.
  private func stopped(after done: Int) -> CommandError {
    let finished =
      done == 0
      ? "no image was finished, and nothing was written"
      : "\(done) of \(requests.count) images are finished, the last is \(paths[done - 1])"
    return CommandError(status: .tryAgain, description: "stopped as you asked: \(finished)")
  }

  private func latents(
    of range: Range<Int>, _ textToImage: TextToImage, _ given: GivenNoise,
    _ progress: ProgressLine, evaluations: Int, _ stopwatch: Stopwatch, _ device: Device
  ) throws -> Tensor {
    let last = range.count > 1 ? "-\(range.upperBound)" : ""
    let what = "image \(range.lowerBound + 1)\(last) of \(requests.count)"
    var failure: TorchError?
    let made = Result {
      try textToImage.latents(
        for: Array(requests[range]), given: given.narrowed(to: range),
        progress: { step in
          // A GPU is only asked so far; the time is that of the work.
          do throws(TorchError) {
            try Machine.synchronize(device)
          } catch {
            failure = error
            return .stop
          }
          stopwatch.lap()
          progress.update(range.lowerBound * evaluations + step.done * range.count, what)
          return Interruption.isRequested ? .stop : .continue
        })
    }
    if let failure { throw failure }
    return try made.get()
  }

  private func write(
    _ image: RGBImage, _ index: Int, _ model: StableDiffusion, _ adapters: [AdapterRecord],
    _ note: RewardNote? = nil
  ) throws {
    if image.statistics.isNearlyConstant() {
      warn("\(paths[index]) is of one colour only; the model or the settings may be broken")
    }
    var record = record(of: index, model, adapters)
    record.reward = note
    try PNG.write(image, to: paths[index], texts: record.texts())
  }

  private func writeLatents(_ latents: [Tensor]) throws {
    guard let path = command.output.saveLatents else { return }
    let all = try Tensor.concatenated(latents)
    try SafetensorsWriter.write([.init(name: "latents", tensor: all)], to: path)
  }

  private func writeGrid(_ images: [RGBImage], _ bestOf: BestOfStage?) throws {
    guard let path = command.output.grid else { return }
    if let bestOf {
      let perPrompt = command.prompts.imagesPerPrompt
      let rows = (0..<bestOf.decidedCount).map { prompt in
        let row = bestOf.row(of: prompt)
        return ImageGrid.Row(caption: row.caption, images: row.images)
      }
      let size = command.sampling.res
      let grid = ImageGrid(
        columns: (1...perPrompt).map { $0 == 1 ? "best" : String($0) }, rows: rows,
        emptyCell: (size.width, size.height))
      return try PNG.write(grid.rendered(), to: path)
    }
    try PNG.write(Self.grid(of: images, requests, command).rendered(), to: path)
  }

  private static func grid(
    of images: [RGBImage?], _ requests: [ImageRequest], _ command: SampleCommand
  ) -> ImageGrid {
    let perPrompt = command.prompts.imagesPerPrompt
    let rows = stride(from: 0, to: images.count, by: perPrompt).map {
      ImageGrid.Row(
        caption: requests[$0].prompt, images: Array(images[$0..<$0 + perPrompt]))
    }
    let size = command.sampling.res
    return ImageGrid(
      columns: requests.prefix(perPrompt).map { "seed \($0.seed)" }, rows: rows,
      emptyCell: (size.width, size.height))
  }

  private func record(of index: Int, _ model: StableDiffusion, _ adapters: [AdapterRecord])
    -> ImageRecord
  {
    var record = ImageRecord(
      requests[index], by: model, named: modelName, adapters: adapters, command.sampling)
    if command.noise.initialLatents != nil || command.noise.stepNoise != nil {
      record.initialLatents = command.noise.initialLatents
      record.stepNoise = command.noise.stepNoise
      record.indexInNoise = index
    } else {
      record.command = record.arguments(
        files: command.model.files, allowsPartial: command.partialAdapters.allowPartial)
    }
    return record
  }

  private func result(
    _ model: StableDiffusion, _ stopwatch: Stopwatch, _ loaded: Double, _ batch: Int,
    _ done: Int, _ failure: (any Error)?
  ) -> SampleResult {
    let isWhole = done == requests.count && failure == nil
    return SampleResult(
      images: zip(requests, paths).prefix(done).map {
        .init(
          path: $1, prompt: $0.prompt, negativePrompt: $0.negativePrompt, seed: $0.seed)
      },
      requested: requests.count, grid: isWhole ? command.output.grid : nil,
      latents: isWhole ? command.output.saveLatents : nil,
      sampler: command.sampling.kind(model.scheduler).rawValue, steps: command.sampling.steps,
      width: command.sampling.res.width, height: command.sampling.res.height,
      precision: model.placement.precisionName, device: model.placement.device.description,
      threads: Machine.threadCount, batch: batch, loadSeconds: loaded,
      firstStepSeconds: stopwatch.firstLap, secondsPerStep: stopwatch.medianLap,
      startToFirstStepBeginSeconds: stopwatch.startToFirstBeginning,
      startToFirstStepSeconds: stopwatch.startToFirstEnd,
      decodeSeconds: stopwatch.decoding, totalSeconds: elapsed,
      peakMemoryBytes: Machine.peakMemory,
      error: failure.map { Advice.message(of: $0, in: command) })
  }

  private func warnOfTruncation(_ textToImage: TextToImage, _ model: StableDiffusion) {
    for text in Set(requests.flatMap { [$0.prompt, $0.negativePrompt] }).sorted() {
      guard let rest = textToImage.truncation(of: text) else { continue }
      warn(Advice.truncation(rest, by: model.tokenizer) + " (--long-prompts keeps it)")
    }
  }

  private func warn(_ text: String) {
    if !command.output.quiet { Console.warning(text) }
  }

  private var elapsed: Double { (ContinuousClock.now - start).seconds }
}
