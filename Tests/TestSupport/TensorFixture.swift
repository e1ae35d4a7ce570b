package import NN
package import Torch

/// The tensors of a fixture, read as every file of weights is.
package struct TensorFixture: Sendable {
  private let file: TensorFile

  /// Opens the file at `path`. A fixture that cannot be read is a broken checkout, so there is no
  /// going on.
  package init(_ path: String) {
    do {
      file = try CheckpointFile.open(path)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// All names, sorted.
  package var names: [String] { file.names }

  /// The tensors by name, as layers read them.
  package var entries: [String: TensorEntry] { file.entries }

  /// Whether there is a tensor called `name`.
  package func contains(_ name: String) -> Bool { file.entries[name] != nil }

  /// The tensor called `name`, in the file's type.
  package func tensor(_ name: String) throws -> Tensor { try file.entry(name).tensor() }

  /// The elements of the tensor called `name`.
  package func floats(_ name: String) throws -> [Float] { try tensor(name).floats() }
}
