internal import Files

/// Why a file of weights cannot be read or written, where it is not a `FileError`.
package enum CheckpointError: Error, CustomStringConvertible, Equatable {
  // Not a format that we read.
  case lfsPointer(String)
  case webPage(String)
  case legacyPickle(String)
  case plainZip(String)
  case bigEndian(String)
  case foreign(String, what: String)
  case unrecognised(String, start: [UInt8])

  // A format that we read, and a file that breaks its rules.
  case safetensors(String, SafetensorsError)
  case shardIndex(String, ShardIndexError)
  case zip(String, ZipArchiveError)
  case pickle(String, TorchPickleError)
  case storageSize(String, needed: Int, stored: Int, file: String)

  // A tensor that someone asked for.
  case missingTensor(String, file: String)
  case unreadableTensor(String, what: String, file: String)

  // Writing.
  case duplicateTensor(String, file: String)
  case impossibleShape(String, shape: [Int], file: String)
  case wrongByteCount(String, needed: Int, given: Int, file: String)

  package var description: String {
    switch self {
    case .lfsPointer(let file):
      "\(file) is a Git LFS pointer, not the weights: run git lfs pull in its folder"
    case .webPage(let file):
      "\(file) is a web page, not the weights; the download went to the wrong address or needs a "
        + "login"
    case .legacyPickle(let file):
      "\(file) is a bare pickle, as torch wrote before version 1.6; load it once with torch and "
        + "save it again with torch.save or as safetensors"
    case .plainZip(let file):
      "\(file) is a zip file but no torch checkpoint (it must have one folder with a data.pkl); "
        + "unpack it and name the weights inside"
    case .bigEndian(let file):
      "\(file) was saved on a big-endian machine; save it again on a little-endian one"
    case .foreign(let file, let what):
      "\(file) is \(what), which is not supported; give the weights as .safetensors or a torch "
        + "checkpoint"
    case .unrecognised(let file, let start):
      "\(file) is no file of weights that is known here (it begins with \(hexadecimal(start))); "
        + "give the weights as .safetensors or a torch checkpoint"
    case .safetensors(let file, let problem): "\(file) \(problem)"
    case .shardIndex(let file, let problem): "\(file) \(problem)"
    case .zip(let file, let problem): "\(file) \(problem)"
    case .pickle(let file, let problem): "\(file) \(problem)"
    case .storageSize(let name, let needed, let stored, let file):
      "\(file) should have \(needed) bytes for the tensor \(name.printable) but stores \(stored); "
        + "the file is damaged: download it again"
    case .missingTensor(let name, let file):
      "\(file) has no tensor named \(name.printable); is it the checkpoint of another model?"
    case .unreadableTensor(let name, let what, let file):
      "\(file) has no plain tensor under \(name.printable) but \(what.printable), which is not "
        + "supported; save it as a dense tensor"
    case .duplicateTensor(let name, let file):
      "\(file) cannot be written: two tensors are called \(name.printable)"
    case .impossibleShape(let name, let shape, let file):
      "\(file) cannot be written: the tensor \(name.printable) has the impossible shape \(shape)"
    case .wrongByteCount(let name, let needed, let given, let file):
      "\(file) cannot be written: the tensor \(name.printable) takes \(needed) bytes, but \(given) "
        + "were given"
    }
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }
}
