internal import CTorch

/// A frozen layer's weight in the order that this processor's kernels read it, made once.
///
/// oneDNN reorders a plain weight at every call; packed once, small layers run up to ten times
/// faster (make bench-sample). Packed operators have no autograd: they are for passes without
/// gradients.
public enum PackedWeight {
  case linear(Tensor)
  case convolution(Tensor, stride: Int, padding: Int)

  /// Packs `weight`, `F32` or `BF16` `[out, in]` on the CPU, for inputs of any number of rows.
  public static func linear(packing weight: Tensor) throws(TorchError) -> PackedWeight {
    .linear(
      try Tensor("pack linear", weight) { ctorch_pack_linear($0, rowsWhenPacking, &$1) })
  }

  /// Packs `weight`, `F32` or `BF16` `[out, in, kh, kw]` with kh·kw > 1 on the CPU, for inputs of
  /// any size.
  ///
  /// A 1×1 convolution is a linear layer on channels-last pixels, and packs well only as such.
  public static func convolution(packing weight: Tensor, stride: Int, padding: Int)
    throws(TorchError) -> PackedWeight
  {
    let packed = try Tensor("pack convolution", weight) {
      ctorch_pack_convolution($0, Int64(stride), Int64(padding), &$1)
    }
    return .convolution(packed, stride: stride, padding: padding)
  }

  /// Applies the layer; `x` has the weight's type.
  public func callAsFunction(
    _ x: Tensor, bias: Tensor?, activation: FusedActivation = .none
  ) throws(TorchError) -> Tensor {
    switch self {
    case .linear(let packed):
      try Tensor("packed linear", x, packed, optional: bias) {
        ctorch_packed_linear($0, $1, $2, activation.code, &$3)
      }
    case .convolution(let packed, let stride, let padding):
      try Tensor("packed convolution", x, packed, optional: bias) {
        ctorch_packed_convolution($0, $1, $2, Int64(stride), Int64(padding), &$3)
      }
    }
  }

  /// oneDNN chooses a layout by the number of rows; from 128 up it is the same one.
  private static let rowsWhenPacking: Int64 = 128
}
