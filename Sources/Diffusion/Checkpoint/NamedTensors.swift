internal import NN

/// A file's tensors under other names than it stores them by, each name once.
struct NamedTensors {
  /// What messages call the file.
  let path: String

  /// Tensors by name.
  private(set) var entries: [String: TensorEntry] = [:]

  /// Names whose value is no plain tensor, with what it is instead.
  private(set) var unreadable: [String: String] = [:]

  /// The name in the file of every tensor, by its name here.
  private var stored: [String: String] = [:]

  /// The tensors of `file`, under the names that it has.
  init(_ file: TensorFile) {
    path = file.path
    entries = file.entries
    unreadable = file.unreadable
    for name in Array(entries.keys) + unreadable.keys { stored[name] = name }
  }

  private init(path: String) {
    self.path = path
  }

  /// Whether there is nothing, not even something that cannot be read.
  var isEmpty: Bool { stored.isEmpty }

  /// The tensor `name`; nil where there is none that can be read.
  subscript(name: String) -> TensorEntry? { entries[name] }

  /// The same tensors under new names.
  ///
  /// - Parameter rename: the new name of an old one; nil for what is left out.
  /// - Throws: `ModelError.sameTensor` where two get one name: which of them is meant, nobody
  ///   knows.
  func renamed(_ rename: (String) -> String?) throws -> NamedTensors {
    var result = NamedTensors(path: path)
    for (old, original) in stored.sorted(by: { $0.value < $1.value }) {
      guard let new = rename(old) else { continue }
      if let other = result.stored[new] {
        // No layer reads it, and merged checkpoints have it under an old name beside the new one.
        if new.hasSuffix("position_ids") { continue }
        throw ModelError.sameTensor(other, original, file: path)
      }
      result.stored[new] = original
      result.entries[new] = entries[old]
      result.unreadable[new] = unreadable[old]
    }
    return result
  }

  /// The tensors as what a network's layers are made of.
  func weights(placement: Placement) -> Weights {
    Weights(entries, unreadable: unreadable, source: path, placement: placement)
  }
}
