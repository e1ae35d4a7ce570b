public import Diffusion
public import LoRA
public import NN
public import Torch

/// Fine-tunes an adapter of a text-to-image model by the denoising loss. The base stays as it is.
public final class DenoisingTrainer {
  /// What one step learns from: `B` examples.
  public struct Batch {
    /// Clean latents, as the UNet sees them, `[B, 4, H, W]`.
    public let latents: Tensor

    /// What the examples show, `B` texts.
    public let prompts: [String]

    /// Unit noise, `[B, 4, H, W]`.
    public let noise: Tensor

    /// How far each example is noised, 0..<N, `B` of them.
    public let timesteps: [Int]

    /// `B` examples.
    public init(latents: Tensor, prompts: [String], noise: Tensor, timesteps: [Int]) {
      self.latents = latents
      self.prompts = prompts
      self.noise = noise
      self.timesteps = timesteps
    }
  }

  /// What one step did.
  public struct StepReport: Sendable, Equatable {
    /// The step, counted from 0 at ``DenoisingTrainer/firstStep``.
    public let step: Int

    /// The loss before the step, the mean over all examples.
    public let loss: Double

    /// The norm of all gradients together, before clipping.
    public let gradientNorm: Double

    /// η of the step.
    public let learningRate: Double
  }

  /// A loss and its gradients.
  public struct Gradients {
    /// The loss, the mean over all examples.
    public let loss: Double

    /// One for each of the adapter's parameters, `F32`, in their order.
    public let gradients: [Tensor]

    /// What the examples show.
    public let prompts: [String]
  }

  /// The adapter in training.
  public let adapter: TrainableAdapter

  /// What changes it.
  public let optimizer: any Optimizer

  /// η of each step.
  public let learningRates: LearningRates

  /// The longest gradient that is taken as it is; nil for any.
  public let maximalGradientNorm: Double?

  /// What fp16 gradients are scaled with.
  public internal(set) var lossScale = LossScale()

  /// The optimiser's step at which the learning rates begin, and from which dropout's draws are
  /// counted: the first of a training that follows another.
  public var firstStep = 0

  /// Whether the adapter and the optimiser belong together: false where a step failed while it
  /// changed them.
  public private(set) var isBetweenSteps = true

  private let model: StableDiffusion
  private let loss: DenoisingLoss
  private let guidedLoss: GuidedLoss?
  private let states: TrainingStates
  private let usedCheckpointing: Bool

  /// Hangs `adapter` in `model`, to be trained there until ``detach()``.
  ///
  /// - Parameters:
  ///   - optimizer: over the adapter's parameters.
  ///   - maximalGradientNorm: gradients are clipped to this norm; nil for never.
  ///   - options: how prompts are read.
  ///   - guidedLoss: what the model is guided with where it will be used, to learn on its guided
  ///     prediction; nil to learn on its prediction for the prompt.
  ///   - usesCheckpointing: less memory for a third more time; the loss is the same, and the
  ///     gradients are but for the order of sums.
  /// - Throws: `AdapterError.inTraining` where another adapter that is trained hangs in the model.
  public init(
    _ model: StableDiffusion, adapter: TrainableAdapter, optimizer: any Optimizer,
    learningRates: LearningRates, maximalGradientNorm: Double? = nil,
    options: PromptOptions = PromptOptions(), guidedLoss: GuidedLoss? = nil,
    usesCheckpointing: Bool = false
  ) throws {
    if let maximalGradientNorm, !(maximalGradientNorm > 0) {
      throw TrainingError.setting(
        "gradients cannot be clipped to a norm of \(maximalGradientNorm); it must be above 0")
    }
    self.model = model
    self.adapter = adapter
    self.optimizer = optimizer
    self.learningRates = learningRates
    self.maximalGradientNorm = maximalGradientNorm
    self.guidedLoss = guidedLoss.flatMap { $0.guidance.isActive ? $0 : nil }
    loss = DenoisingLoss(model.scheduler)
    states = try TrainingStates(
      model, options: options, areTrained: adapter.components.contains(.textEncoder))
    try adapter.attach()
    usedCheckpointing = model.unet.usesCheckpointing
    model.unet.usesCheckpointing = usesCheckpointing
  }

  /// Takes the adapter off the model, which computes then as it did before the trainer. Nothing can
  /// be trained any more; the adapter keeps what it learned.
  public func detach() {
    adapter.detach()
    model.unet.usesCheckpointing = usedCheckpointing
  }

  /// What of `prompt` the model does not see; nil where it sees all.
  public func truncation(of prompt: String) -> String? { states.truncation(of: prompt) }

  /// The training timesteps, N.
  public var timestepCount: Int { loss.timestepCount }

  /// The loss of `batches` and its gradients, both the means over all of their examples: those of
  /// one large batch, but for rounding, in the memory of a small one. No parameter is changed; the
  /// adapter's dropout is that of the step to come, and in fp16 the loss scale falls where a
  /// gradient overflows.
  ///
  /// - Throws: `TrainingDivergence` where the loss is not finite.
  public func gradients(of batches: [Batch]) throws -> Gradients {
    let count = batches.reduce(0) { $0 + $1.prompts.count }
    var (loss, sums) = (0.0, [Tensor]())
    for (index, batch) in batches.enumerated() {
      adapter.step = (optimizer.stepCount - firstStep) * batches.count + index
      let share = Double(batch.prompts.count) / Double(count)
      let found = try gradients(of: batch)
      loss += share * found.loss
      let gradients = share < 1 ? try found.gradients.map { try $0 * share } : found.gradients
      sums = sums.isEmpty ? gradients : try zip(sums, gradients).map { try $0 + $1 }
    }
    return Gradients(loss: loss, gradients: sums, prompts: batches.flatMap(\.prompts))
  }

  private func gradients(of batch: Batch) throws -> (loss: Double, gradients: [Tensor]) {
    guard model.placement.dtype == .float16 else { return try gradients(of: batch, scale: nil) }
    return try lossScale.unscaled { try self.gradients(of: batch, scale: $0) }
  }

  private func gradients(of batch: Batch, scale: Double?) throws -> (
    loss: Double, gradients: [Tensor]
  ) {
    let negatives = batch.prompts.compactMap { _ in guidedLoss?.negativePrompt }
    let loss = try loss(
      model.unet, latents: batch.latents, noise: batch.noise, timesteps: batch.timesteps,
      states: states.states(of: negatives + batch.prompts),
      guidance: guidedLoss?.guidance ?? Guidance(scale: 1))
    let value = try loss.item()
    guard value.isFinite else {
      let what = value.isNaN ? "NaN" : "infinite"
      throw TrainingDivergence(
        step: optimizer.stepCount - firstStep, prompts: batch.prompts,
        what: "the loss became \(what)")
    }
    let scaled = try scale.map { try loss * $0 } ?? loss
    return (
      value, try Torch.gradients(of: scaled, withRespectTo: adapter.parameters.map(\.tensor))
    )
  }

  /// Learns from `batches` together.
  ///
  /// - Throws: `TrainingDivergence` where the loss or a gradient is not finite; the adapter is what
  ///   it was before the step.
  public func step(_ batches: [Batch]) throws -> StepReport {
    try step(with: gradients(of: batches))
  }

  /// Takes the step that `found` asks for.
  public func step(with found: Gradients) throws -> StepReport {
    let step = optimizer.stepCount - firstStep
    let clipping: GradientClipping
    do {
      clipping = try GradientClipping(
        found.gradients, of: adapter.parameters, to: maximalGradientNorm)
    } catch TrainingError.gradientNotFinite(let parameter) {
      throw TrainingDivergence(
        step: step, prompts: found.prompts,
        what: "the gradient of \(parameter) became NaN or infinite")
    }
    let rate = learningRates.rate(at: step)
    isBetweenSteps = false
    try optimizer.step(clipping.gradients, learningRate: rate)
    isBetweenSteps = true
    return StepReport(
      step: step, loss: found.loss, gradientNorm: clipping.norm, learningRate: rate)
  }
}
