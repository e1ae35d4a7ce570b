public import Diffusion
public import LoRA
internal import NN
public import RAFT
internal import Torch

/// A text-to-image model that RAFT makes better: it samples with an adapter hung in, and learns by
/// the denoising loss on samples that were selected.
///
/// It is in one of two phases, never in both: *sampling*, with a finished adapter folded into fp32
/// weights or beside narrower ones, and *training*, with the adapter's own factors beside the
/// weights. The base's weights are never written to; with all adapters off the model is what it was,
/// bit for bit. Several policies may share a model: each hangs its own adapter in when it samples.
public final class DiffusionPolicy: Policy {
  /// What a policy does after each of its steps; an error that it throws stops the round there,
  /// between two steps.
  public typealias StepHook = (StepReport, DiffusionPolicy) throws -> Void

  /// The model.
  public let model: StableDiffusion

  /// How it samples and learns.
  public let settings: Settings

  /// Where its draws come from.
  public let seeds: RunSeeds

  /// What is called after each optimiser step: it may ask for ``state()``.
  public var onStep: StepHook?

  /// What is told of every evaluation of the network in ``candidates(for:)``.
  public var onProgress: (SamplingProgress) -> SamplingDecision = { _ in .continue }

  /// The base's own samples, a share of which is learned so as not to be forgotten
  /// (``TuningSettings/preservation``).
  public var preserved: [Candidate<String, DiffusionSample>] = []

  let targets: AdapterTargets
  var progress: TuningProgress

  /// The trainer while a round is being learned.
  var trainer: DenoisingTrainer?

  /// The adapter that the policy was made with.
  let start: AdapterWeights

  /// The share of the adapter's inputs that is left out at each step.
  let dropout: Double

  /// The finished adapters that this policy hung in last, and the model's count of changes then.
  private var hung: (adapters: [(weights: AdapterWeights, scale: Double)], changeCount: Int)?

  /// A policy with a new adapter, which changes nothing yet.
  ///
  /// - Throws: `AdapterError`, ``PolicyError/setting(_:)`` or `GenerationError` where something is
  ///   asked for that cannot be.
  public convenience init(
    _ model: StableDiffusion, plan: AdapterPlan, settings: Settings, seeds: RunSeeds
  ) throws {
    let weights = try plan.initialWeights(
      for: AdapterTargets(model), seed: seeds.seed("adapter"))
    try self.init(
      model, adapter: weights, dropout: plan.dropout, settings: settings, seeds: seeds)
  }

  /// A policy that goes on from `adapter`; its base is the model without it.
  ///
  /// - Parameter dropout: the share of the adapter's inputs that is left out at each step.
  /// - Throws: `AdapterError`, ``PolicyError/setting(_:)`` or `GenerationError` where something is
  ///   asked for that cannot be.
  public init(
    _ model: StableDiffusion, adapter: AdapterWeights, dropout: Double = 0, settings: Settings,
    seeds: RunSeeds
  ) throws {
    try settings.tuning.validate()
    self.model = model
    self.settings = settings
    self.seeds = seeds
    targets = AdapterTargets(model)
    start = adapter
    self.dropout = dropout
    // Everything that sampling may find wrong is found now.
    _ = try TextToImage(
      model, sampler: settings.collecting.sampler(for: model.scheduler),
      options: settings.textToImage(settings.collecting))
    progress = try Self.beginning(model, adapter, dropout, settings)
  }

  /// The adapter that samples: the moving average if there is one. It does not change any more when
  /// the policy learns on.
  public var adapter: AdapterWeights { progress.sampled }

  /// How much the adapter changes the base, block by block.
  public func norms() throws -> AdapterNorms { try AdapterNorms(adapter, on: targets) }

  /// The round that is being learned or was learned last, counted from 1, and the steps of it that
  /// are done; round 0 before the first.
  public var position: (round: Int, step: Int) { (progress.round, progress.step) }

  /// What of `prompt` the model does not see; nil where it sees all.
  public func truncation(of prompt: String) throws -> String? {
    try textToImage(settings.collecting).truncation(of: prompt)
  }
}

extension DiffusionPolicy {
  /// Hangs `adapter` in, in place of whatever hangs there.
  func hang(_ adapter: SampledAdapter) throws {
    let wanted: [(weights: AdapterWeights, scale: Double)] =
      switch adapter {
      case .base: []
      case .current: [(self.adapter, 1)]
      case .given(let weights, let scale): [(weights, scale)]
      }
    // Folding anew for every batch would cost more than it saves.
    if let hung, hung.changeCount == targets.changeCount, hung.adapters.count == wanted.count,
      zip(wanted, hung.adapters).allSatisfy({
        $0.scale == $1.scale && $0.weights.isSame(as: $1.weights)
      })
    {
      return
    }
    try targets.attach(wanted, folding: true)
    hung = (wanted, targets.changeCount)
  }

  /// A trainer of the adapter as it is in `progress`, hung in alone.
  func makeTrainer(_ progress: TuningProgress, round: Int) throws -> DenoisingTrainer {
    targets.detach()
    let trainer = try Self.trainer(
      model, progress.factors, dropout, settings, seed: seeds.seed("tune.dropout", round))
    do {
      try trainer.restore(progress.trainer)
    } catch {
      trainer.detach()
      throw error
    }
    trainer.firstStep = trainer.optimizer.stepCount - progress.step
    return trainer
  }

  /// The beginning of a training. Nothing hangs in the model afterwards.
  static func beginning(
    _ model: StableDiffusion, _ weights: AdapterWeights, _ dropout: Double, _ settings: Settings
  ) throws -> TuningProgress {
    AdapterTargets(model).detach()
    let trainer = try trainer(model, weights, dropout, settings, seed: 0)
    defer { trainer.detach() }
    return try TuningProgress(trainer, averaging: settings.tuning.averaging)
  }

  /// - Parameter seed: where the adapter's dropout comes from.
  private static func trainer(
    _ model: StableDiffusion, _ weights: AdapterWeights, _ dropout: Double, _ settings: Settings,
    seed: UInt64
  ) throws -> DenoisingTrainer {
    let tuning = settings.tuning
    let adapter = try TrainableAdapter(
      weights, on: AdapterTargets(model), dropout: dropout, seed: seed)
    return try DenoisingTrainer(
      model, adapter: adapter, optimizer: tuning.optimizer.optimizer(over: adapter.parameters),
      learningRates: tuning.learningRates(), maximalGradientNorm: tuning.maximalGradientNorm,
      options: settings.prompts, guidedLoss: settings.guidedLoss,
      usesCheckpointing: tuning.usesCheckpointing)
  }
}

extension AdapterWeights {
  /// Whether the factors are the same tensors, not only equal ones.
  fileprivate func isSame(as other: AdapterWeights) -> Bool {
    layers.count == other.layers.count
      && layers.allSatisfy { address, factors in
        guard let others = other.layers[address] else { return false }
        return factors.down === others.down && factors.up === others.up
          && factors.scale == others.scale
      }
  }
}
