internal import ExitStatuses
internal import Files
internal import Foundation
internal import LoRA
internal import NN
internal import Policies
internal import Torch

/// What a training leaves on disk: the adapter in two forms, and what the training goes on from.
///
/// The latter is one file, which is replaced as a whole: factors, optimiser, and in its metadata how
/// the training was asked for. `state.json` repeats that for people; nothing reads it.
struct TuneState {
  private let output: TuneOutput
  private let settings: TuneSettings

  /// Notes for the adapter's files.
  private let notes: [String: String]

  init(_ output: TuneOutput, _ settings: TuneSettings) {
    self.output = output
    self.settings = settings
    notes = [
      "raft.version": RaftDiffuse.version, "raft.base": settings.model,
      "raft.base_sha256": settings.modelDigest, "raft.examples_sha256": settings.examplesDigest,
      "raft.seed": String(settings.seed), "ss_seed": String(settings.seed),
    ]
  }

  private static let settingsKey = "raft.settings"

  /// Writes a training that has not made a step yet: from now on it can go on, and what an earlier
  /// one left is gone.
  func begin(_ trainer: DenoisingTrainer) throws {
    try write(trainer.state())
    for file in [output.adapter, output.kohya] where access(file, F_OK) == 0 {
      do {
        try FileManager.default.removeItem(atPath: file)
      } catch {
        throw CommandError.unwritable(file, "the one that is there cannot be removed")
      }
    }
    try AtomicFile.write(Data(Console.compactJSON(settings).utf8), to: output.state)
  }

  /// Writes the training as it is now.
  ///
  /// - Throws: `TrainingDivergence` where it holds numbers that are none; no file has changed then.
  func write(_ trainer: DenoisingTrainer) throws {
    let state = try trainer.state()
    var weights = try trainer.adapter.weights()
    let steps = String(trainer.optimizer.stepCount)
    weights.metadata = notes.merging(["raft.steps": steps, "ss_steps": steps]) { $1 }
    try weights.write(.diffusers, to: output.adapter)
    weights.metadata["ss_output_name"] = output.name
    try weights.write(.kohya, to: output.kohya)
    // Last, so that a training never goes on from a step whose adapter was not written.
    try write(state)
  }

  private func write(_ state: [String: Tensor]) throws {
    try SafetensorsWriter.write(
      state.map { SafetensorsWriter.Item(name: $0.key, tensor: $0.value) },
      metadata: [Self.settingsKey: Console.compactJSON(settings)], to: output.optimizer)
  }

  /// Goes on from what was written.
  ///
  /// - Throws: `CommandError` where the training was asked for in another way.
  func restore(_ trainer: DenoisingTrainer) throws {
    let file = try CheckpointFile.open(output.optimizer)
    try check(file.metadata[Self.settingsKey])
    try trainer.restore(file.entries.mapValues { try $0.tensor() })
  }

  private func check(_ text: String?) throws {
    guard let text else {
      throw CommandError(
        status: .badInput,
        description:
          "\(output.optimizer) does not say how its training was asked for; begin anew with --force, or with "
          + "another --out")
    }
    // Told as the file's fault if it is not JSON.
    _ = try ConfigurationFile(Array(text.utf8), path: output.optimizer)
    let (stored, now) = try (
      JSONValue(parsing: Array(text.utf8)),
      JSONValue(parsing: Array(Console.compactJSON(settings).utf8))
    )
    let differences = TuneSettings.differences(stored, now)
    guard differences.isEmpty else {
      throw CommandError(
        status: .usage,
        description:
          "the training in \(output.out) cannot go on, because \(differences.joined(separator: ", ")); "
          + "give the same options as before")
    }
  }
}
