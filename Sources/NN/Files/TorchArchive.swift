internal import Files

/// What `torch.save` and `torch.jit.save` write: a zip file with a pickle that describes the
/// tensors (`<root>/data.pkl`) and their storages' bytes (`<root>/data/<key>`).
enum TorchArchive {
  /// The tensors of a mapped archive.
  ///
  /// - Throws: ``CheckpointError``.
  static func open(_ file: MappedFile) throws -> TensorFile {
    do {
      return try file.withUnsafeBytes { try read($0, of: file) }
    } catch let problem as ZipArchiveError {
      throw CheckpointError.zip(file.path, problem)
    } catch let problem as TorchPickleError {
      throw CheckpointError.pickle(file.path, problem)
    }
  }

  private static func read(
    _ bytes: UnsafeRawBufferPointer, of file: MappedFile
  ) throws -> TensorFile {
    let archive = try ZipArchive.parse(bytes)
    let root = try root(of: archive, path: file.path)
    if archive.entries["\(root)/byteorder"] != nil {
      let order = bytes[try archive.stored("\(root)/byteorder")]
      guard order.elementsEqual("little".utf8) else {
        throw CheckpointError.bigEndian(file.path)
      }
    }
    let isScript = archive.entries["\(root)/constants.pkl"] != nil
    let place = try archive.stored("\(root)/data.pkl")
    let pickle = try TorchPickle.parse(UnsafeRawBufferPointer(rebasing: bytes[place]))
    var entries = [String: TensorEntry](minimumCapacity: pickle.tensors.count)
    for (name, tensor) in pickle.tensors {
      let storage = try archive.stored("\(root)/data/\(tensor.storage.key)")
      guard storage.count == tensor.storage.byteCount else {
        throw CheckpointError.storageSize(
          name, needed: tensor.storage.byteCount ?? Int.max, stored: storage.count, file: file.path)
      }
      entries[name] = TensorEntry(
        name: name, dtype: tensor.dtype, shape: tensor.shape, strides: tensor.strides,
        storageOffset: tensor.offset, file: file, storage: storage)
    }
    return TensorFile(
      path: file.path, format: isScript ? .torchScript : .torch, entries: entries,
      unreadable: pickle.unreadable)
  }

  /// The archive's only folder with a `data.pkl`.
  private static func root(of archive: ZipArchive, path: String) throws -> String {
    let roots = archive.entries.keys.compactMap { name in
      let parts = name.split(separator: "/", omittingEmptySubsequences: false)
      return parts.count == 2 && parts[1] == "data.pkl" ? String(parts[0]) : nil
    }
    guard roots.count == 1 else { throw CheckpointError.plainZip(path) }
    return roots[0]
  }
}
