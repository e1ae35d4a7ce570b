/// Why a file of weights cannot be read or written.
package enum CheckpointError: Error, CustomStringConvertible, Equatable {
  // The file itself.
  case missingFile(String)
  case unreadable(String, reason: String)
  case folder(String)
  case emptyFile(String)

  // A format that we read, and a file that breaks its rules.
  case safetensors(String, SafetensorsError)
  case shardIndex(String, ShardIndexError)

  // A tensor that someone asked for.
  case missingTensor(String, file: String)
  case unreadableTensor(String, what: String, file: String)

  // Writing.
  case unwritable(String, reason: String)
  case duplicateTensor(String, file: String)
  case impossibleShape(String, shape: [Int], file: String)
  case wrongByteCount(String, needed: Int, given: Int, file: String)

  package var description: String {
    switch self {
    case .missingFile(let file):
      "\(file) does not exist; check the path"
    case .unreadable(let file, let reason):
      "\(file) cannot be read: \(reason)"
    case .folder(let file):
      "\(file) is a folder, not a file of weights; name a file in it"
    case .emptyFile(let file):
      "\(file) is empty; download it again"
    case .safetensors(let file, let problem): "\(file) \(problem)"
    case .shardIndex(let file, let problem): "\(file) \(problem)"
    case .missingTensor(let name, let file):
      "\(file) has no tensor named \(name.printable); is it the checkpoint of another model?"
    case .unreadableTensor(let name, let what, let file):
      "\(file) has no plain tensor under \(name.printable) but \(what.printable), which is not "
        + "supported; save it as a dense tensor"
    case .unwritable(let file, let reason):
      "\(file) cannot be written: \(reason); nothing was left there"
    case .duplicateTensor(let name, let file):
      "\(file) cannot be written: two tensors are called \(name.printable)"
    case .impossibleShape(let name, let shape, let file):
      "\(file) cannot be written: the tensor \(name.printable) has the impossible shape \(shape)"
    case .wrongByteCount(let name, let needed, let given, let file):
      "\(file) cannot be written: the tensor \(name.printable) takes \(needed) bytes, but \(given) "
        + "were given"
    }
  }
}
