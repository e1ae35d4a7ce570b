internal import Diffusion
internal import Foundation
internal import Imaging
internal import NN
internal import Torch

/// One call of `raft-diffuse sample`, from the requests to the files.
struct SampleRun {
  private let command: SampleCommand
  private let requests: [ImageRequest]
  private let paths: [String]
  private let folder: NewFolder
  private let start = ContinuousClock.now

  /// Everything that can be found wrong before a model is loaded is found here.
  init(_ command: SampleCommand) throws {
    self.command = command
    requests = try command.prompts.requests()
    paths = command.output.paths(of: requests, perPrompt: command.prompts.imagesPerPrompt)
    folder = try command.output.prepare(paths)
  }

  /// Makes the images. Once the user asks to stop, those that are finished are the result.
  func run() throws -> SampleResult {
    defer { folder.removeIfEmpty() }
    let device = try command.model.chosenDevice()
    if let warning = command.model.precision.warning(on: device) { warn(warning) }
    let given = try command.noise.load()
    let model = try command.model.load(on: device)
    let sampler = try command.sampling.plan(model.scheduler)
    let options = command.sampling.textToImage
    let textToImage = try TextToImage(model, sampler: sampler, options: options)
    try command.noise.check(
      given, shape: [requests.count] + textToImage.latentShape, draws: sampler.draws)
    warnOfTruncation(textToImage)
    if command.prompts.seed == nil, !command.output.quiet {
      Console.note(
        "seed \(requests[0].seed) was drawn; --seed \(requests[0].seed) makes the same again")
    }
    let loaded = elapsed
    var stopwatch = Stopwatch()
    var batch = command.batch ?? BatchSize.fitting(model, options)
    batch = min(batch, requests.count)
    let progress = ProgressLine(
      total: sampler.timesteps.count * requests.count, unit: "step", isQuiet: command.output.quiet)
    defer { progress.finish() }
    var latents: [Tensor] = []
    var images: [RGBImage] = []
    var done = 0
    while done < requests.count, !Interruption.isRequested {
      let range = done..<min(done + batch, requests.count)
      do {
        let made = try self.latents(
          of: range, textToImage, given, progress, evaluations: sampler.timesteps.count,
          &stopwatch)
        let decoded = try stopwatch.decoding { try RGBImage.images(from: textToImage.decode(made)) }
        try write(decoded, range, model)
        done = range.upperBound
        if command.output.grid != nil { images += decoded }
        if command.output.saveLatents != nil { latents.append(try made.to(device: .cpu)) }
      } catch SamplingError.stopped {
        break
      } catch TorchError.outOfMemory(_, _, _) where range.count > 1 && device != .cpu {
        try Machine.emptyCache(device)
        batch = range.count / 2
        warn("the device's memory is full; going on with \(batch) images at once")
      }
    }
    progress.finish()
    if done == requests.count {
      try writeLatents(latents)
      try writeGrid(images)
    }
    return result(model, stopwatch, loaded, batch, done)
  }

  private func latents(
    of range: Range<Int>, _ textToImage: TextToImage, _ given: GivenNoise,
    _ progress: ProgressLine, evaluations: Int, _ stopwatch: inout Stopwatch
  ) throws -> Tensor {
    stopwatch.restart()
    let last = range.count > 1 ? "-\(range.upperBound)" : ""
    let what = "image \(range.lowerBound + 1)\(last) of \(requests.count)"
    return try textToImage.latents(
      for: Array(requests[range]), given: given.narrowed(to: range),
      progress: { step in
        stopwatch.lap()
        progress.update(range.lowerBound * evaluations + step.done * range.count, what)
        return Interruption.isRequested ? .stop : .continue
      })
  }

  private func write(_ images: [RGBImage], _ range: Range<Int>, _ model: StableDiffusion) throws {
    for (image, i) in zip(images, range) {
      if image.statistics.isNearlyConstant() {
        warn("\(paths[i]) is of one colour only; the model or the settings may be broken")
      }
      try PNG.write(image, to: paths[i], texts: record(of: i, model).texts())
    }
  }

  private func writeLatents(_ latents: [Tensor]) throws {
    guard let path = command.output.saveLatents else { return }
    let all = try Tensor.concatenated(latents)
    try SafetensorsWriter.write([.init(name: "latents", tensor: all)], to: path)
  }

  private func writeGrid(_ images: [RGBImage]) throws {
    guard let path = command.output.grid else { return }
    let perPrompt = command.prompts.imagesPerPrompt
    let rows = stride(from: 0, to: images.count, by: perPrompt).map {
      ImageGrid.Row(
        caption: requests[$0].prompt, images: Array(images[$0..<$0 + perPrompt]))
    }
    let grid = ImageGrid(
      columns: requests.prefix(perPrompt).map { "seed \($0.seed)" }, rows: rows)
    try PNG.write(grid.rendered(), to: path)
  }

  private func record(of index: Int, _ model: StableDiffusion) -> ImageRecord {
    let request = requests[index]
    let sampling = command.sampling
    let isGiven = command.noise.initialLatents != nil || command.noise.stepNoise != nil
    var record = ImageRecord(
      version: RaftDiffuse.version, model: command.model.model, prompt: request.prompt,
      negativePrompt: request.negativePrompt, seed: request.seed, width: sampling.res.width,
      height: sampling.res.height, sampler: sampling.kind(model.scheduler).rawValue,
      steps: sampling.steps, guidance: sampling.guidance, eta: sampling.eta,
      spacing: sampling.spacing?.rawValue,
      prediction: (sampling.prediction ?? model.scheduler.predictionType).rawValue,
      matchesDiffusersSteps: sampling.matchesDiffusersSteps, clipSkip: sampling.clipSkip,
      emphasis: sampling.emphasis, longPrompts: sampling.longPrompts,
      precision: model.placement.precisionName, device: model.placement.device.description,
      torch: Machine.torchVersion, initialLatents: command.noise.initialLatents,
      stepNoise: command.noise.stepNoise, indexInNoise: isGiven ? index : nil)
    if !isGiven { record.command = command.arguments(making: record) }
    return record
  }

  private func result(
    _ model: StableDiffusion, _ stopwatch: Stopwatch, _ loaded: Double, _ batch: Int,
    _ done: Int
  ) -> SampleResult {
    let isWhole = done == requests.count
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
      decodeSeconds: stopwatch.decoding, totalSeconds: elapsed,
      peakMemoryBytes: Machine.peakMemory)
  }

  private func warnOfTruncation(_ textToImage: TextToImage) {
    for text in Set(requests.flatMap { [$0.prompt, $0.negativePrompt] }).sorted() {
      guard let rest = textToImage.truncation(of: text) else { continue }
      warn(
        "the model sees 75 tokens of a prompt; this was cut off: “\(rest)” (--long-prompts keeps it)"
      )
    }
  }

  private func warn(_ text: String) {
    if !command.output.quiet { Console.warning(text) }
  }

  private var elapsed: Double { (ContinuousClock.now - start).seconds }
}
