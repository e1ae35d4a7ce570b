/// What went wrong in an operation on tensors.
public enum TorchError: Error, Equatable, CustomStringConvertible {
  /// The operation cannot be done on these operands.
  case operation(String, operands: [String], text: String)

  /// The operation, or its result, needs more memory than there is.
  case outOfMemory(String, operands: [String], text: String)

  /// The device is not there.
  case noDevice(Device, reason: String)

  /// The text names no device.
  case unknownDevice(String)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .operation(let name, let operands, let text):
      "\(name) cannot be done on \(Self.list(operands)): \(text)"
    case .outOfMemory(let name, let operands, let text):
      "out of memory in \(name) on \(Self.list(operands)) (\(text))"
    case .noDevice(let device, let reason):
      "there is no device \(device) here: \(reason)"
    case .unknownDevice(let text):
      "“\(text)” is no device; use auto, cpu, cuda, cuda:0 … or mps"
    }
  }

  private static func list(_ operands: [String]) -> String {
    operands.isEmpty ? "no tensor" : operands.joined(separator: " and ")
  }
}
