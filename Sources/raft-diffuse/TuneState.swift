internal import Files
internal import Foundation
internal import LoRA
internal import NN
internal import Policies
internal import Torch

/// What a training leaves on disk to go on from: the factors and the optimiser in one file, which
/// is replaced as a whole, and how the training was asked for in another.
struct TuneState {
  private let output: TuneOutput

  init(_ output: TuneOutput) {
    self.output = output
  }

  /// Writes how the training was asked for.
  func write(_ settings: TuneSettings) throws {
    try AtomicFile.write(Data(Console.compactJSON(settings).utf8), to: output.state)
  }

  /// Writes the training as it is now.
  func write(_ trainer: DenoisingTrainer) throws {
    var items = try trainer.optimizer.state().map {
      SafetensorsWriter.Item(name: "optimizer.\($0.key)", tensor: $0.value)
    }
    items += try trainer.adapter.parameters.map {
      SafetensorsWriter.Item(name: "parameter.\($0.name)", tensor: try $0.tensor.detached())
    }
    try SafetensorsWriter.write(items, to: output.optimizer)
    let weights = try trainer.adapter.weights()
    try weights.write(.diffusers, to: output.adapter)
    try weights.write(.kohya, to: output.kohya)
  }

  /// Goes on from what was written.
  ///
  /// - Throws: `CommandError` where the training was asked for in another way.
  func restore(_ trainer: DenoisingTrainer, _ settings: TuneSettings) throws {
    try check(settings)
    let file = try CheckpointFile.open(output.optimizer)
    var state: [String: Tensor] = [:]
    for (name, entry) in file.entries where name.hasPrefix("optimizer.") {
      state[String(name.dropFirst("optimizer.".count))] = try entry.tensor()
    }
    for parameter in trainer.adapter.parameters {
      let stored = try file.entry("parameter.\(parameter.name)").tensor()
      guard stored.shape == parameter.tensor.shape else {
        throw TrainingError.stateShape(
          name: parameter.name, given: stored.shape, needed: parameter.tensor.shape)
      }
    }
    try trainer.optimizer.restore(state)
    for parameter in trainer.adapter.parameters {
      let stored = try file.entry("parameter.\(parameter.name)").tensor()
      try withoutGradients { try parameter.tensor.assign(stored) }
    }
  }

  private func check(_ settings: TuneSettings) throws {
    let bytes = try WholeFile.bytes(of: output.state, limit: 1 << 20)
    let (stored, now) = try (
      JSONValue(parsing: bytes), JSONValue(parsing: Array(Console.compactJSON(settings).utf8))
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
