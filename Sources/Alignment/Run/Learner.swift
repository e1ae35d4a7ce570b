internal import Diffusion
internal import Files
internal import Foundation
internal import LoRA
internal import NN
internal import Policies
internal import RAFT
internal import Recipes
internal import RunStore
internal import Torch

/// The model that learns, at whatever round of the run it is needed: rounds that are done are read
/// from their checkpoints.
final class Learner {
  private let policy: DiffusionPolicy
  private let parts: RunParts
  private let control: RunControl

  /// The policy before the first round.
  private let start: [String: Tensor]

  /// The adapter's digest before the first round.
  private let startDigest: String

  /// The round after which the policy stands; nil in the middle of one.
  private var standing: Int? = 0

  init(_ recipe: Recipe, _ parts: RunParts, _ control: RunControl) throws {
    self.parts = parts
    self.control = control
    let settings = try DiffusionPolicy.Settings(recipe)
    let seeds = RunSeeds(run: recipe.seed)
    if let path = recipe.adapter.from {
      let file = try AdapterFile.read(path, names: AdapterNames(parts.model))
      try parts.directory.ledger.requireFact(
        "adapter_sha256", is: file.hash, what: "the adapter \(path)")
      policy = try DiffusionPolicy(
        parts.model, adapter: file.weights, dropout: recipe.adapter.dropout, settings: settings,
        seeds: seeds)
      startDigest = file.hash
    } else {
      policy = try DiffusionPolicy(
        parts.model, plan: AdapterPlan(recipe.adapter), settings: settings, seeds: seeds)
      startDigest = SampleFacts.base
    }
    start = try policy.state()
  }

  /// Which adapter the model has after a round: SHA-256 of its file, `base` for none.
  func digest(after round: Int) throws -> String {
    guard round > 0 else { return startDigest }
    guard let tuning = try parts.directory.ledger.round(round).tuning else {
      throw RunError.damagedCheckpoint(
        parts.directory.paths.checkpoint(round).folder, reason: "its round is not finished")
    }
    return tuning.adapter
  }

  /// What of `prompt` the model does not see; nil where it sees all.
  func truncation(of prompt: String) throws -> String? { try policy.truncation(of: prompt) }

  /// Samples one batch from the model as it is after a round.
  ///
  /// - Parameter adapter: what it samples with instead of its own.
  func samples(
    _ requests: [ImageRequest], _ sampling: Recipe.Sampling, after round: Int,
    adapter: AdapterWeights? = nil, progress: (SamplingProgress) -> Void
  ) throws -> [Result<DiffusionSample, GenerationError>] {
    if adapter == nil { try stand(after: round) }
    return try policy.samples(
      requests, sampling: SamplerSettings(sampling),
      adapter: adapter.map { .given($0, scale: 1) } ?? .current,
      progress: { step in
        progress(step)
        return .continue
      })
  }

  /// How far the model of a round is from its base at each candidate.
  func divergences(of candidates: [Candidate<String, DiffusionSample>], after round: Int) throws
    -> [Double]
  {
    try stand(after: round)
    return try policy.divergences(of: candidates)
  }

  /// E‖ε_θ − ε_base‖² a latent dimension at `probes`, and the adapter's norms by block.
  func distance(
    after round: Int, probes: [DriftProbe]
  ) throws -> (drift: Double, norms: AdapterNorms) {
    try stand(after: round)
    return (try policy.drift(at: probes), try policy.norms())
  }

  /// Learns a round from where it was left, and keeps its checkpoint.
  func fineTune(on examples: [Candidate<String, DiffusionSample>], round: Int) throws
    -> TuningReport
  {
    if let saved = try parts.directory.checkpoint(round) {
      try restore(saved)
    } else {
      try stand(after: round - 1)
    }
    standing = nil
    policy.onStep = { [control, parts] step, policy in
      control.tell(
        .progress(
          RunProgress(
            round: round, what: String(format: "tuning, loss %.4g", step.loss), unit: "step",
            done: step.step, total: step.steps)))
      let isDue = step.step % parts.settled.saveEvery == 0
      let isInterrupted = control.shouldStop()
      if step.step < step.steps, isDue || isInterrupted { try self.keepState(round) }
      if isInterrupted {
        throw RunError.interrupted("after step \(step.step) of round \(round)'s training")
      }
    }
    defer { policy.onStep = nil }
    let report = try policy.fineTune(on: examples, round: round)
    try keepCheckpoint(round)
    let digest = try Self.digest(of: parts.directory.paths.checkpoint(round))
    try parts.directory.ledger.record(
      tuning: TuningRow(
        round: round, adapter: digest, checkpoint: parts.directory.paths.checkpointName(round),
        report))
    standing = round
    return report
  }

  /// The base's own samples, for a loss that keeps what they show.
  var preserved: [Candidate<String, DiffusionSample>] {
    get { policy.preserved }
    set { policy.preserved = newValue }
  }

  // MARK: States

  /// Brings the policy to where it stands after a round.
  private func stand(after round: Int) throws {
    guard standing != round else { return }
    guard round > 0 else {
      try policy.restore(start)
      standing = 0
      return
    }
    let digest = try digest(after: round)
    guard let checkpoint = try parts.directory.checkpoint(round),
      try Self.digest(of: checkpoint) == digest
    else {
      throw RunError.damagedCheckpoint(
        parts.directory.paths.checkpoint(round).folder,
        reason: "its adapter is gone or of another training")
    }
    try restore(checkpoint)
    standing = round
  }

  private func restore(_ checkpoint: CheckpointPaths) throws {
    let file = try CheckpointFile.open(checkpoint.optimizer)
    try policy.restore(file.entries.mapValues { try $0.tensor() })
  }

  /// SHA-256 of a checkpoint's adapter, as image records have it.
  private static func digest(of checkpoint: CheckpointPaths) throws -> String {
    try AdapterFile.read(checkpoint.adapter, names: .anyModel).hash
  }

  /// What a round that was stopped goes on from.
  private func keepState(_ round: Int) throws {
    let state = try policy.state()
    try parts.directory.writeCheckpoint(round) { paths in
      try Self.write(state, to: paths.optimizer)
    }
  }

  private func keepCheckpoint(_ round: Int) throws {
    let state = try policy.state()
    var weights = policy.adapter
    weights.metadata = parts.notes.merging(
      ["raft.round": String(round), "ss_epoch": String(round)]) { $1 }
    let position = policy.position
    try parts.directory.writeCheckpoint(round) { paths in
      try weights.write(.diffusers, to: paths.adapter)
      try weights.write(.kohya, to: paths.kohya)
      try Self.write(state, to: paths.optimizer)
      let text = "{\"round\":\(position.round),\"step\":\(position.step)}\n"
      try AtomicFile.write(Array(text.utf8), to: paths.state)
    }
  }

  private static func write(_ state: [String: Tensor], to path: String) throws {
    try SafetensorsWriter.write(
      state.sorted { $0.key < $1.key }.map { .init(name: $0.key, tensor: $0.value) }, to: path)
  }
}
