internal import Files

/// The one way in to a file of weights, whatever its format.
///
/// The format is told by the first bytes, never by the name. What is no weights file that we read
/// is refused with what it is.
package enum CheckpointFile {
  /// Opens the weights file at `path`, or the set of shards whose index it is. Tensors are mapped,
  /// not read.
  ///
  /// - Throws: ``CheckpointError``, or `FileError` where the system refuses.
  package static func open(_ path: String) throws -> TensorFile {
    let file = try MappedFile(path)
    if sniff(file) == .json { return try TensorFile.sharded(file, opening: openShard) }
    return try open(file)
  }

  private static func openShard(_ path: String) throws -> TensorFile {
    try open(try MappedFile(path))
  }

  private static func open(_ file: MappedFile) throws -> TensorFile {
    switch sniff(file) {
    case .safetensors: return try TensorFile.safetensors(file)
    case .zip: return try TorchArchive.open(file)
    case .pickle:
      do {
        try file.withUnsafeBytes(TorchPickle.refuseDanger)
      } catch let problem as TorchPickleError {
        throw CheckpointError.pickle(file.path, problem)
      }
      throw CheckpointError.legacyPickle(file.path)
    case .lfsPointer: throw CheckpointError.lfsPointer(file.path)
    case .webPage: throw CheckpointError.webPage(file.path)
    case .foreign(let what): throw CheckpointError.foreign(file.path, what: what)
    case .json: throw CheckpointError.foreign(file.path, what: "JSON text")
    case .unknown:
      // The name cannot make it a safetensors file, but it says which error helps.
      if file.path.hasSuffix(".safetensors") { return try TensorFile.safetensors(file) }
      let start = file.withUnsafeBytes { Array($0.prefix(8)) }
      throw CheckpointError.unrecognised(file.path, start: start)
    }
  }

  /// What a file is, by its first bytes.
  private enum Kind: Equatable {
    case safetensors, zip, pickle, lfsPointer, webPage, json
    case foreign(String)
    case unknown
  }

  private static func sniff(_ file: MappedFile) -> Kind {
    file.withUnsafeBytes { bytes in
      // A header below 4 GiB and its brace: certain enough to come before the rest, since the
      // first byte of a header's length may be any.
      let hasBrace = bytes.count > 8 && bytes[8] == UInt8(ascii: "{")
      if hasBrace, bytes[4..<8].allSatisfy({ $0 == 0 }) { return .safetensors }
      if bytes.starts(with: "PK".utf8), bytes.count > 3, bytes[2] < 0x09 { return .zip }
      if bytes[0] == 0x80, bytes.count > 1, (2...5).contains(bytes[1]) { return .pickle }
      for (magic, what) in foreign where bytes.starts(with: magic) { return .foreign(what) }
      if bytes.starts(with: "version https://git-lfs".utf8) { return .lfsPointer }
      // After white space and a byte order mark.
      let text = bytes.prefix(1024).drop {
        [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0)
      }
      if text.first == UInt8(ascii: "<") { return .webPage }
      if text.first == UInt8(ascii: "{") { return .json }
      return hasBrace ? .safetensors : .unknown
    }
  }

  private static let foreign: [(magic: [UInt8], what: String)] = [
    (Array("GGUF".utf8), "a GGUF file"),
    ([0x08, 0x03, 0x12], "an ONNX model"), ([0x08, 0x04, 0x12], "an ONNX model"),
    ([0x08, 0x05, 0x12], "an ONNX model"), ([0x08, 0x06, 0x12], "an ONNX model"),
    ([0x08, 0x07, 0x12], "an ONNX model"), ([0x08, 0x08, 0x12], "an ONNX model"),
    ([0x08, 0x09, 0x12], "an ONNX model"), ([0x08, 0x0A, 0x12], "an ONNX model"),
    ([0x89, 0x48, 0x44, 0x46], "an HDF5 (Keras) file"),
    ([0x1F, 0x8B], "a gzip file"),
    ([0x28, 0xB5, 0x2F, 0xFD], "a Zstandard file"),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "a 7-Zip file"),
    ([0x89, 0x50, 0x4E, 0x47], "a PNG image"),
    ([0xFF, 0xD8, 0xFF], "a JPEG image"),
    ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], "a NumPy array"),
  ]
}
