internal import CTorch

/// Where a tensor's bytes lie and its operations run.
public enum Device: Sendable, Hashable, CustomStringConvertible {
  case cpu
  case cuda(Int)
  case mps

  /// Reads `cpu`, `cuda`, `cuda:1` or `mps`.
  public init(parsing text: String) throws(TorchError) {
    switch text {
    case "cpu": self = .cpu
    case "mps": self = .mps
    case "cuda": self = .cuda(0)
    default:
      guard text.hasPrefix("cuda:"), let index = Int(text.dropFirst(5)), index >= 0 else {
        throw .unknownDevice(text)
      }
      self = .cuda(index)
    }
  }

  /// The name that `init(parsing:)` reads.
  public var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let index): "cuda:\(index)"
    case .mps: "mps"
    }
  }

  var code: CTorchDevice {
    switch self {
    case .cpu: CTorchDevice(kind: CTORCH_CPU, index: 0)
    case .cuda(let index): CTorchDevice(kind: CTORCH_CUDA, index: Int32(index))
    case .mps: CTorchDevice(kind: CTORCH_MPS, index: 0)
    }
  }

  init(code: CTorchDevice) {
    switch code.kind {
    case CTORCH_CUDA: self = .cuda(Int(code.index))
    case CTORCH_MPS: self = .mps
    default: self = .cpu
    }
  }
}
