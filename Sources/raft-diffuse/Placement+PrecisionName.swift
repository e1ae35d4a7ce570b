internal import Diffusion
internal import NN
internal import Torch

extension Placement {
  /// The word of `--precision` for it.
  var precisionName: String {
    switch (rounding ?? dtype) {
    case .bfloat16: Precision.bf16.rawValue
    case .float16: Precision.fp16.rawValue
    default: Precision.fp32.rawValue
    }
  }
}
