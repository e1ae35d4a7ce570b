internal import Files

/// What is wrong with a safetensors file. The description goes after the file's name.
package enum SafetensorsError: Error, CustomStringConvertible, Equatable {
  /// Fewer bytes than the header's length takes.
  case tooShort(size: Int)
  /// The header's length is more than the format allows.
  case headerTooLarge(UInt64)
  /// The header is longer than what follows its length.
  case headerBeyondFile(declared: Int, available: Int)
  /// The header is not the JSON it must be.
  case malformedHeader(String)
  /// A name stands twice.
  case duplicate(String)
  /// A field of a tensor is missing.
  case missingField(String, tensor: String)
  /// A type that we do not read.
  case unknownType(String, tensor: String)
  /// The file is shorter than its header says.
  case truncated(size: Int, expected: Int)
  /// The file is longer than its header says.
  case padded(size: Int, expected: Int)
  /// A shape whose product does not fit.
  case shapeTooLarge(tensor: String, shape: [Int])
  /// `data_offsets` that end before they begin.
  case reversedOffsets(tensor: String, start: Int, end: Int)
  /// Offsets that hold another number of bytes than type and shape take.
  case sizeMismatch(tensor: String, type: String, shape: [Int], needed: Int, stored: Int)
  /// Two tensors share bytes.
  case overlap(String, String)
  /// Bytes that belong to no tensor.
  case hole(before: String, bytes: Int)

  package var description: String {
    switch self {
    case .tooShort(let size):
      "is only \(size) bytes long, too short for a safetensors file; download it again"
    case .headerTooLarge(let declared):
      "declares a header of \(declared) bytes, more than the "
        + "\(SafetensorsHeader.maximumLength) that safetensors allows; "
        + "it is damaged or no safetensors file"
    case .headerBeyondFile(let declared, let available):
      "declares a header of \(declared) bytes, but only \(available) bytes follow; "
        + "the file is damaged or its download was cut off: download it again"
    case .malformedHeader(let problem):
      "has a header that cannot be read: \(problem); the file is damaged: download it again"
    case .duplicate(let name):
      "names \(name.printable) twice in its header, so it is not clear which one counts; "
        + "export it again"
    case .missingField(let field, let tensor):
      "gives no \(field) for the tensor \(tensor.printable); export it again"
    case .unknownType(let type, let tensor):
      "stores the tensor \(tensor.printable) as \(type.printable), which is not supported; "
        + "convert it to F32, F16 or BF16 first"
    case .truncated(let size, let expected):
      "is truncated: \(expected - size) of \(expected) bytes are missing; download it again"
    case .padded(let size, let expected):
      "has \(size - expected) bytes after its last tensor, where a safetensors file must end; "
        + "it is damaged: download it again"
    case .shapeTooLarge(let tensor, let shape):
      "gives the tensor \(tensor.printable) the shape \(shape), which is impossibly large; "
        + "the file is damaged"
    case .reversedOffsets(let tensor, let start, let end):
      "lets the tensor \(tensor.printable) begin at byte \(start) and end at byte \(end); "
        + "the file is damaged"
    case .sizeMismatch(let tensor, let type, let shape, let needed, let stored):
      "says that the tensor \(tensor.printable) is \(type) \(shape), which takes \(needed) bytes, "
        + "but stores \(stored) bytes for it; the file is damaged"
    case .overlap(let first, let second):
      "stores the tensors \(first.printable) and \(second.printable) in the same bytes; "
        + "the file is damaged"
    case .hole(let before, let bytes):
      "has \(bytes) bytes before the tensor \(before.printable) that belong to no tensor; "
        + "the file is damaged"
    }
  }
}
