internal import Diffusion
internal import LoRA
internal import NN
public import RAFT
public import Torch

extension DiffusionPolicy {
  /// What one step of a round did.
  public struct StepReport: Sendable, Equatable {
    /// The round, counted from 1.
    public let round: Int

    /// Steps of the round that are done now.
    public let step: Int

    /// Steps of the whole round.
    public let steps: Int

    /// The loss before the step, the mean over all of its examples.
    public let loss: Double

    /// The norm of all gradients together, before clipping.
    public let gradientNorm: Double

    /// η of the step.
    public let learningRate: Double
  }

  /// Learns a round: ``TuningSettings/steps`` steps on `examples`, each of which comes once, in an
  /// order of the round's own, before any comes again.
  ///
  /// All draws are addressed by the run's seed, the round, the step and the place in the step. A
  /// round that was stopped goes on where it was when it is asked for again with the same examples,
  /// also by another policy that was given the ``state()``, and ends with the same bytes. Asked
  /// for again when it is finished, it does nothing and reports what it did.
  ///
  /// - Throws: ``PolicyError`` where there is nothing to learn from or the round is not the next,
  ///   `TrainingDivergence` where the loss or a gradient is not finite, and what ``onStep`` throws.
  ///   The training is then where its last whole step left it; where that step's numbers are not
  ///   finite, or it stopped half-way, it is where this call found it.
  public func fineTune(on examples: [Candidate<String, DiffusionSample>], round: Int) throws
    -> TuningReport
  {
    try begin(round, examples)
    guard progress.step < settings.tuning.steps else { return progress.report }
    let course = try makeCourse(examples, round)
    let trainer = try makeTrainer(progress, round: round)
    self.trainer = trainer
    defer {
      self.trainer = nil
      trainer.detach()
    }
    let found = progress
    do {
      while progress.step < settings.tuning.steps {
        var next = progress
        let report = try trainer.step(course.batches(progress.step))
        try next.add(report, trainer.adapter)
        progress = next
        try onStep?(self.report(report), self)
      }
      try progress.settle(trainer)
    } catch {
      if !settles(trainer) { progress = found }
      throw error
    }
    return progress.report
  }

  /// Takes over what the trainer has made before something failed; false where that cannot be gone
  /// on from, because a step stopped half-way or its numbers are not finite.
  private func settles(_ trainer: DenoisingTrainer) -> Bool {
    let steps = trainer.optimizer.stepCount - trainer.firstStep
    guard trainer.isBetweenSteps, steps == progress.step else { return false }
    do {
      try progress.settle(trainer)
      return true
    } catch {
      return false
    }
  }

  /// All that the next step depends on besides its examples, by name: factors, optimiser, average,
  /// loss scale, round and step. Also in the middle of a round, from ``onStep``.
  ///
  /// - Throws: `TrainingDivergence` where any of it is not finite.
  public func state() throws -> [String: Tensor] {
    var now = progress
    if let trainer { now.trainer = try trainer.state() }
    return try now.state()
  }

  /// Goes on from what ``state()`` gave, of a policy with the same settings.
  ///
  /// - Throws: `TrainingError` or ``PolicyError/state(step:steps:)`` where it is of another
  ///   training; nothing has changed then.
  public func restore(_ state: [String: Tensor]) throws {
    var (restored, rest) = (progress, state)
    try restored.restore(from: &rest)
    restored.trainer = rest
    guard 0...settings.tuning.steps ~= restored.step else {
      throw PolicyError.state(step: restored.step, steps: settings.tuning.steps)
    }
    let trainer = try makeTrainer(restored, round: restored.round)
    defer { trainer.detach() }
    try restored.settle(trainer)
    progress = restored
  }

  /// Enters `round`, or finds that it is in it.
  private func begin(_ round: Int, _ examples: [Candidate<String, DiffusionSample>]) throws {
    let tuning = settings.tuning
    let isDone = progress.round == 0 || progress.step == tuning.steps
    guard round == progress.round || (round > progress.round && isDone) else {
      throw PolicyError.round(
        round, current: progress.round, step: progress.step, steps: tuning.steps)
    }
    guard !examples.isEmpty else { throw PolicyError.noExamples(round: round) }
    guard round != progress.round else { return }
    if tuning.beginsFromBase, progress.round > 0 {
      progress = try Self.beginning(model, start, dropout, settings)
    }
    progress.begin(round)
  }

  private func makeCourse(_ examples: [Candidate<String, DiffusionSample>], _ round: Int) throws
    -> TrainingCourse
  {
    let tuning = settings.tuning
    let draws = TrainingDraws(seed: seeds.seed("tune", round))
    var course = TrainingCourse(
      try learned(examples, draws), draws: draws, batch: tuning.batch,
      timestepCount: DenoisingLoss(model.scheduler).timestepCount)
    course.accumulation = tuning.accumulation
    course.promptDropout = tuning.promptDropout
    if tuning.preservation > 0 {
      guard !preserved.isEmpty else { throw PolicyError.nothingToPreserve }
      course.preservedShare = tuning.preservation
      // Their draws must not be those of the examples at the same places.
      course.preserved = try learned(
        preserved, TrainingDraws(seed: seeds.seed("tune.preserved", round)))
    }
    return course
  }

  /// Examples as the loss wants them.
  private func learned(
    _ examples: [Candidate<String, DiffusionSample>], _ draws: TrainingDraws
  ) throws -> TrainingExamples {
    let encoder = try ExampleEncoder(
      model, draws: draws, width: settings.width, height: settings.height)
    let latents = try examples.enumerated().map { index, example in
      let latents = try self.latents(of: example)
      guard settings.tuning.source == .images, let sample = example.sample else { return latents }
      return try encoder.latents(
        of: sample.image(), index: index, name: "\(example.request.address)")
    }
    return TrainingExamples(
      latents: try .stacked(latents), prompts: examples.map(\.request.prompt))
  }

  /// The latents of a candidate that must have some, `F32 [4, H, W]`.
  func latents(of candidate: Candidate<String, DiffusionSample>) throws -> Tensor {
    let address = candidate.request.address
    guard let sample = candidate.sample else {
      throw PolicyError.noSample(address, failure: candidate.failure ?? "it was not made")
    }
    let needed = try textToImage(settings.collecting).latentShape
    guard sample.latents.shape == needed else {
      throw PolicyError.shape(address, given: sample.latents.shape, needed: needed)
    }
    return try sample.latents.to(.float32, device: .cpu)
  }

  private func report(_ report: DenoisingTrainer.StepReport) -> StepReport {
    StepReport(
      round: progress.round, step: progress.step, steps: settings.tuning.steps, loss: report.loss,
      gradientNorm: report.gradientNorm, learningRate: report.learningRate)
  }
}
