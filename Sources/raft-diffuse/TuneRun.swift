internal import Diffusion
internal import ExitStatuses
internal import Files
internal import Foundation
internal import LoRA
internal import NN
internal import Policies
internal import Torch

/// One call of `raft-diffuse tune`, from the examples to the adapter.
struct TuneRun {
  private let command: TuneCommand
  private let start = ContinuousClock.now

  init(_ command: TuneCommand) {
    self.command = command
  }

  func run() throws {
    guard try !command.model.location().holds(command.output.out) else {
      throw CommandError(
        status: .usage,
        description:
          "--out \(command.output.out) is the model itself or lies in it; name another place, since the model stays as it is"
      )
    }
    let goesOn = command.output.goesOn
    let folder = try command.output.prepare(others: [command.saveGradients].compactMap(\.self))
    defer { folder.removeIfEmpty() }
    if command.output.resume, !goesOn {
      warn("\(command.output.out) holds no training to go on with; beginning at step 1")
    }
    if let threads = command.model.threads { Machine.threadCount = threads }
    let given = try command.given.map { try GivenTraining($0) }
    try check(given)
    if let note = try command.model.note(), !command.output.quiet { Console.note(note) }
    let device = try command.model.chosenDevice()
    if let warning = command.model.precision.warning(on: device) { warn(warning) }
    let model = try command.model.load(on: device)
    model.warnings.forEach(warn)
    let steps = command.training.steps ?? given?.draws.steps ?? 100
    let trainer = try makeTrainer(model, steps: steps)
    let draws = TrainingDraws(seed: command.training.seed)
    let examples = try loadExamples(model, draws)
    warnOfTruncation(examples.examples, trainer, model)
    try given?.check(examples.examples, timestepCount: trainer.timestepCount)
    var course = TrainingCourse(
      examples.examples, draws: draws,
      batch: command.training.batch ?? given?.draws.batch ?? 1,
      timestepCount: trainer.timestepCount)
    course.given = given?.draws
    let settings = try settings(
      trainer, course, model, examplesDigest: examples.digest, steps: steps)
    let state = TuneState(command.output, settings)
    if goesOn { try state.restore(trainer) } else { try state.begin(trainer) }
    if goesOn, trainer.optimizer.stepCount >= steps {
      warn(
        "\(trainer.optimizer.stepCount) steps are done already, and --steps is \(steps); nothing is left to do"
      )
    }
    try train(trainer, course, steps: steps, state, model)
  }

  private func train(
    _ trainer: DenoisingTrainer, _ course: TrainingCourse, steps: Int, _ state: TuneState,
    _ model: StableDiffusion
  ) throws {
    let (first, training) = (trainer.optimizer.stepCount, ContinuousClock.now)
    var loop = TuneLoop(
      trainer, course, steps: steps, state, command.output, gradientsFile: command.saveGradients)
    try loop.run()
    let done = loop.doneCount
    if command.output.json {
      let seconds = (ContinuousClock.now - training).seconds
      try Console.json(
        TuneResult(
          adapter: command.output.adapter, steps: done, requestedSteps: steps,
          layers: trainer.adapter.layerCount, parameters: trainer.adapter.parameterCount,
          examples: course.examples.count, batch: course.batch, finalLoss: loop.last?.loss,
          precision: model.placement.precisionName,
          device: model.placement.device.description, threads: Machine.threadCount,
          checkpointing: command.training.checkpointing,
          secondsPerStep: done > first ? seconds / Double(done - first) : 0,
          totalSeconds: (ContinuousClock.now - start).seconds,
          peakMemoryBytes: Machine.peakMemory))
    } else {
      try Console.result(command.output.adapter)
    }
    guard done >= steps else {
      throw CommandError(
        status: .tryAgain,
        description:
          "stopped as you asked after \(done) of \(steps) steps; go on with --resume")
    }
  }

  private func makeTrainer(_ model: StableDiffusion, steps: Int) throws -> DenoisingTrainer {
    let training = command.training
    let adapter = try makeAdapter(model)
    return try DenoisingTrainer(
      model, adapter: adapter,
      optimizer: training.optimizerSettings.optimizer(over: adapter.parameters),
      learningRates: training.learningRates(steps: steps),
      maximalGradientNorm: training.clip > 0 ? training.clip : nil,
      usesCheckpointing: training.checkpointing)
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

  private func warnOfTruncation(
    _ examples: TrainingExamples, _ trainer: DenoisingTrainer, _ model: StableDiffusion
  ) {
    for prompt in Set(examples.prompts).sorted() {
      guard let rest = trainer.truncation(of: prompt) else { continue }
      warn(Advice.truncation(rest, by: model.tokenizer))
    }
  }

  private func loadExamples(_ model: StableDiffusion, _ draws: TrainingDraws) throws
    -> LoadedExamples
  {
    if let warning = command.examples.warning { warn(warning) }
    return try command.examples.load(model, draws, isQuiet: command.output.quiet)
  }

  private func check(_ given: GivenTraining?) throws {
    guard let given, let path = command.given else { return }
    if let steps = command.training.steps, steps > given.draws.steps {
      throw CommandError(
        status: .usage,
        description:
          "\(path) has noise for \(given.draws.steps) steps, but --steps asks for \(steps)")
    }
    if let batch = command.training.batch, batch != given.draws.batch {
      throw CommandError(
        status: .usage,
        description:
          "\(path) has noise for \(given.draws.batch) examples a step, but --batch asks for \(batch)"
      )
    }
  }

  private func settings(
    _ trainer: DenoisingTrainer, _ course: TrainingCourse, _ model: StableDiffusion,
    examplesDigest: String, steps: Int
  ) throws -> TuneSettings {
    let training = command.training
    let identity = try ModelIdentity(
      command.model.name(), variant: command.model.files.variant, at: model.location, warn: warn)
    return TuneSettings(
      model: identity.name, modelDigest: identity.digest, examplesDigest: examplesDigest,
      givenDigest: try command.given.map { try Digest.sha256(ofFile: $0) },
      adapterDigest: TuneSettings.digest(of: try trainer.adapter.weights()),
      layers: trainer.adapter.layerCount, parameters: trainer.adapter.parameterCount,
      dropout: trainer.adapter.dropout, optimizer: training.optimizer.rawValue,
      learningRate: training.learningRate, weightDecay: training.weightDecay,
      momentum: training.momentum, beta1: training.beta1, beta2: training.beta2,
      epsilon: training.epsilon, clip: training.clip, schedule: training.schedule.rawValue,
      scheduledSteps: training.schedule == .constant ? nil : steps, warmup: training.warmup,
      batch: course.batch, seed: training.seed, examples: course.examples.count,
      precision: model.placement.precisionName)
  }

  private func warn(_ text: String) {
    if !command.output.quiet { Console.warning(text) }
  }
}
