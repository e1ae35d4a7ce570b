internal import Files

/// What is wrong with the pickle of a torch checkpoint. The description goes after the file's name.
package enum TorchPickleError: Error, CustomStringConvertible, Equatable {
  /// It asks for something that runs programs, loads code or opens connections.
  case dangerous(PickleGlobal)
  /// Its bytes end before its values do.
  case truncated
  /// Its instructions make no sense.
  case malformed(String)
  /// An instruction that torch does not write.
  case unknownInstruction(UInt8, at: Int)
  /// It asks for more than any checkpoint needs.
  case tooLarge(String)
  /// A tensor reaches beyond the bytes that it is made of.
  case outsideStorage(shape: [Int], _ capacity: Int)
  /// Two tensors have one name.
  case duplicate(String)
  /// Its outermost value holds no named tensors.
  case noStateDictionary(String)

  package var description: String {
    switch self {
    case .dangerous(let global):
      "asks to run \(global) when it is loaded, which weights never need; it was not run. "
        + "Do not trust this file: get the weights as .safetensors from their author"
    case .truncated:
      "has a pickle that ends too early; the file is damaged: download it again"
    case .malformed(let problem):
      "has a pickle that makes no sense: \(problem); the file is damaged: download it again"
    case .unknownInstruction(let code, let position):
      "has a pickle with the instruction 0x\(String(code, radix: 16)) at byte \(position), which "
        + "torch.save does not write; save the weights again with torch.save or as safetensors"
    case .tooLarge(let what):
      "has a pickle with more \(what) than any checkpoint needs, so it was not read further; "
        + "do not trust this file"
    case .outsideStorage(let shape, let capacity):
      "describes a tensor \(shape) that does not fit the \(capacity) elements it is made of; "
        + "the file is damaged"
    case .duplicate(let name):
      "names the tensor \(name.printable) twice, so it is not clear which one counts; "
        + "save it again"
    case .noStateDictionary(let what):
      "holds \(what), not a state dictionary; save model.state_dict() instead"
    }
  }
}
