internal import ArgumentParser
internal import Torch

/// What tensors are stored as.
enum StoredType: String, CaseIterable, ExpressibleByArgument {
  case fp32, fp16, bf16

  /// The type itself.
  var dtype: DType {
    switch self {
    case .fp32: .float32
    case .fp16: .float16
    case .bf16: .bfloat16
    }
  }
}
