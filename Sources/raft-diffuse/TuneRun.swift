internal import Diffusion
internal import Files
internal import Foundation
internal import LoRA
internal import NN
internal import Policies
internal import Torch

/// One call of `raft-diffuse tune`, from the examples to the adapter.
struct TuneRun {
  private let command: TuneCommand
  private let state: TuneState
  private let start = ContinuousClock.now

  init(_ command: TuneCommand) {
    self.command = command
    state = TuneState(command.output)
  }

  /// What one step needs besides the trainer.
  private struct Course {
    let examples: TrainingExamples
    let given: GivenTraining?
    let draws: TrainingDraws
    let steps: Int
    let batch: Int
    let timestepCount: Int

    /// What step `step` learns from.
    func batch(_ step: Int) throws -> DenoisingTrainer.Batch {
      let indices = try indices(step)
      let shape = Array(examples.latents.shape.dropFirst())
      let noise =
        try given?.noise[step]
        ?? .stacked(
          (0..<batch).map { try draws.noise(step: step, index: $0, shape: shape) })
      let timesteps =
        try given?.timesteps[step]
        ?? (0..<batch).map { try draws.timestep(step: step, index: $0, count: timestepCount) }
      return DenoisingTrainer.Batch(
        latents: try examples.latents.gathered(0, Tensor(indices, shape: [batch])),
        prompts: indices.map { examples.prompts[$0] }, noise: noise, timesteps: timesteps)
    }

    private func indices(_ step: Int) throws -> [Int] {
      let count = examples.prompts.count
      guard let given else {
        return try draws.examples(step: step, batch: batch, count: count)
      }
      return given.indices?[step] ?? (0..<batch).map { (step * batch + $0) % count }
    }
  }

  func run() throws {
    let folder = try command.output.prepare(others: [command.saveGradients].compactMap(\.self))
    defer { folder.removeIfEmpty() }
    if let threads = command.model.threads { Machine.threadCount = threads }
    let given = try command.given.map { try GivenTraining($0) }
    try check(given)
    let device = try command.model.chosenDevice()
    if let warning = command.model.precision.warning(on: device) { warn(warning) }
    let model = try command.model.load(on: device)
    model.warnings.forEach(warn)
    let draws = TrainingDraws(seed: command.training.seed)
    let adapter = try makeAdapter(model)
    let steps = command.training.steps ?? given?.steps ?? 100
    let trainer = try DenoisingTrainer(
      model, adapter: adapter, optimizer: command.training.makeOptimizer(adapter.parameters),
      learningRates: command.training.learningRates(steps: steps),
      maximalGradientNorm: command.training.clip > 0 ? command.training.clip : nil,
      usesCheckpointing: command.training.checkpointing)
    let examples = try loadExamples(model, draws)
    try given?.check(examples, timestepCount: trainer.timestepCount)
    let course = Course(
      examples: examples, given: given, draws: draws, steps: steps,
      batch: command.training.batch ?? given?.batch ?? 1, timestepCount: trainer.timestepCount)
    let settings = try settings(trainer, course, model)
    if command.output.resume {
      try state.restore(trainer, settings)
    } else {
      try state.write(settings)
    }
    try train(trainer, course, model)
  }

  private func train(_ trainer: DenoisingTrainer, _ course: Course, _ model: StableDiffusion)
    throws
  {
    let first = trainer.optimizer.stepCount
    let progress = ProgressLine(
      total: course.steps, unit: "step", isQuiet: command.output.quiet)
    defer { progress.finish() }
    let training = ContinuousClock.now
    var last: DenoisingTrainer.StepReport?
    while trainer.optimizer.stepCount < course.steps, !Interruption.isRequested {
      let step = trainer.optimizer.stepCount
      let batch = try course.batch(step)
      let report: DenoisingTrainer.StepReport
      do {
        let found = try trainer.gradients(of: batch)
        if step == first { try writeGradients(found.gradients, trainer) }
        report = try trainer.step(batch, with: found)
      } catch let divergence as TrainingDivergence {
        // What was learned before is worth keeping.
        if step > first { try state.write(trainer) }
        throw divergence
      }
      last = report
      if command.output.json { try Console.json(TuneStep(report)) }
      progress.update(
        step + 1, "loss \(Self.short(report.loss)), gradient \(Self.short(report.gradientNorm))")
      if let every = command.output.saveEvery, (step + 1) % every == 0 {
        try state.write(trainer)
      }
    }
    progress.finish()
    try state.write(trainer)
    let done = trainer.optimizer.stepCount
    if command.output.json {
      let seconds = (ContinuousClock.now - training).seconds
      try Console.json(
        TuneResult(
          adapter: command.output.adapter, steps: done, requestedSteps: course.steps,
          layers: trainer.adapter.layerCount, parameters: trainer.adapter.parameterCount,
          examples: course.examples.prompts.count, batch: course.batch, finalLoss: last?.loss,
          precision: model.placement.precisionName,
          device: model.placement.device.description, threads: Machine.threadCount,
          checkpointing: command.training.checkpointing,
          secondsPerStep: done > first ? seconds / Double(done - first) : 0,
          totalSeconds: (ContinuousClock.now - start).seconds,
          peakMemoryBytes: Machine.peakMemory))
    } else {
      try Console.result(command.output.adapter)
    }
    guard done >= course.steps else {
      throw CommandError(
        status: .tryAgain,
        description:
          "stopped as you asked after \(done) of \(course.steps) steps; go on with --resume")
    }
  }

  private func makeAdapter(_ model: StableDiffusion) throws -> TrainableAdapter {
    let targets = AdapterTargets(model)
    let seed = command.training.seed
    guard let lora = command.adapter.lora else {
      return try TrainableAdapter(command.adapter.plan, on: targets, seed: seed)
    }
    let file = try AdapterFile.read(lora, names: AdapterNames(model))
    return try TrainableAdapter(
      file.weights, on: targets, dropout: command.adapter.dropout, seed: seed)
  }

  private func loadExamples(_ model: StableDiffusion, _ draws: TrainingDraws) throws
    -> TrainingExamples
  {
    let progress = ProgressLine(
      total: try command.examples.imageCount(), unit: "image", isQuiet: command.output.quiet)
    defer { progress.finish() }
    return try command.examples.load(model, draws, progress)
  }

  private func check(_ given: GivenTraining?) throws {
    guard let given, let path = command.given else { return }
    if let steps = command.training.steps, steps > given.steps {
      throw CommandError(
        status: .usage,
        description: "\(path) has noise for \(given.steps) steps, but --steps asks for \(steps)")
    }
    if let batch = command.training.batch, batch != given.batch {
      throw CommandError(
        status: .usage,
        description:
          "\(path) has noise for \(given.batch) examples a step, but --batch asks for \(batch)")
    }
  }

  private func writeGradients(_ gradients: [Tensor], _ trainer: DenoisingTrainer) throws {
    guard let path = command.saveGradients else { return }
    let items = zip(trainer.adapter.parameters, gradients).map {
      SafetensorsWriter.Item(name: $0.name, tensor: $1)
    }
    try SafetensorsWriter.write(items, to: path)
  }

  private func settings(_ trainer: DenoisingTrainer, _ course: Course, _ model: StableDiffusion)
    throws -> TuneSettings
  {
    let training = command.training
    let identity = try ModelIdentity(command.model, at: model.location, warn: warn)
    return TuneSettings(
      model: identity.name, modelDigest: identity.digest, examplesDigest: course.examples.digest,
      givenDigest: try command.given.map { try Digest.sha256(ofFile: $0) },
      adapterDigest: TuneSettings.digest(of: try trainer.adapter.weights()),
      layers: trainer.adapter.layerCount, parameters: trainer.adapter.parameterCount,
      dropout: trainer.adapter.dropout, optimizer: training.optimizer.rawValue,
      learningRate: training.learningRate, weightDecay: training.weightDecay,
      momentum: training.momentum, beta1: training.beta1, beta2: training.beta2,
      epsilon: training.epsilon, clip: training.clip, schedule: training.schedule.rawValue,
      scheduledSteps: training.schedule == .constant ? nil : course.steps, warmup: training.warmup,
      batch: course.batch, seed: training.seed, examples: course.examples.prompts.count,
      precision: model.placement.precisionName)
  }

  private static func short(_ value: Double) -> String { String(format: "%.4g", value) }

  private func warn(_ text: String) {
    if !command.output.quiet { Console.warning(text) }
  }
}
