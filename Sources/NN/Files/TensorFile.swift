/// What a checkpoint holds: its tensors by name, all of them checked and none of them read.
package struct TensorFile: Sendable {
  /// How the tensors are stored.
  package enum Format: String, Sendable, CaseIterable {
    case safetensors
    case shardedSafetensors = "sharded safetensors"
    case torch = "torch checkpoint"
    case shardedTorch = "sharded torch checkpoint"
    case torchScript = "TorchScript archive"
  }

  /// The path as it was given; that of the index where there are several files.
  package let path: String
  /// How the tensors are stored.
  package let format: Format
  /// The tensors by full name.
  package let entries: [String: TensorEntry]
  /// What a safetensors file says about itself; empty for other formats.
  package let metadata: [String: String]
  /// Names whose value is no plain tensor, with what it is instead. They matter only to someone
  /// who asks for them.
  package let unreadable: [String: String]

  package init(
    path: String, format: Format, entries: [String: TensorEntry], metadata: [String: String] = [:],
    unreadable: [String: String] = [:]
  ) {
    self.path = path
    self.format = format
    self.entries = entries
    self.metadata = metadata
    self.unreadable = unreadable
  }

  /// All names, sorted.
  package var names: [String] { entries.keys.sorted() }

  /// The tensor called `name`.
  ///
  /// - Throws: ``CheckpointError`` where there is none, or where it is not a plain tensor.
  package func entry(_ name: String) throws -> TensorEntry {
    if let entry = entries[name] { return entry }
    if let what = unreadable[name] {
      throw CheckpointError.unreadableTensor(name, what: what, file: path)
    }
    throw CheckpointError.missingTensor(name, file: path)
  }

  /// The tensor called `name`, or the only one that there is.
  package func entryOrOnly(_ name: String) throws -> TensorEntry {
    try entry(entries.count == 1 ? names[0] : name)
  }
}
