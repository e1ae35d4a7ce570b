internal import CTorch

/// An activation that a packed layer can apply as it writes its result.
public enum FusedActivation: Sendable {
  case none
  case silu
  case gelu
  case geluTanh

  var code: CTorchActivation {
    switch self {
    case .none: CTORCH_NONE
    case .silu: CTORCH_SILU
    case .gelu: CTORCH_GELU
    case .geluTanh: CTORCH_GELU_TANH
    }
  }
}

/// What layers compute, as plain functions.
extension Tensor {
  /// The matrix product of the last two dimensions, `[…, N, D] · […, D, M]`.
  public func matmul(_ other: Tensor) throws(TorchError) -> Tensor {
    try Tensor("matmul", self, other) { ctorch_matmul($0, $1, &$2) }
  }

  /// `x·Wᵀ + b`.
  ///
  /// - Parameters:
  ///   - weight: `[out, in]`.
  ///   - bias: `[out]`.
  /// - Returns: `[…, out]` from `[…, in]`.
  public func linear(_ weight: Tensor, bias: Tensor? = nil) throws(TorchError) -> Tensor {
    try Tensor("linear", self, weight, optional: bias) { ctorch_linear($0, $1, $2, &$3) }
  }

  /// A two-dimensional convolution of `[B, C, H, W]` with `weight` `[out, C, kh, kw]`.
  public func convolution(_ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0)
    throws(TorchError) -> Tensor
  {
    try Tensor("convolution", self, weight, optional: bias) {
      ctorch_convolution($0, $1, $2, Int64(stride), Int64(padding), &$3)
    }
  }

  /// Normalises each of `groups` groups of channels of `[B, C, …]`; `weight` and `bias` are `[C]`.
  public func groupNorm(groups: Int, weight: Tensor, bias: Tensor, epsilon: Double)
    throws(TorchError) -> Tensor
  {
    try Tensor("group norm", of: [self, weight, bias]) {
      ctorch_group_norm(handle, Int64(groups), weight.handle, bias.handle, epsilon, &$0)
    }
  }

  /// Normalises the last dimension; `weight` and `bias` have its size.
  public func layerNorm(weight: Tensor, bias: Tensor, epsilon: Double) throws(TorchError)
    -> Tensor
  {
    try Tensor("layer norm", of: [self, weight, bias]) {
      ctorch_layer_norm(handle, weight.handle, bias.handle, epsilon, &$0)
    }
  }

  /// The rows of this table, `[V, D]`, at `indices`, `I64 […]`: `[…, D]`.
  public func embedding(_ indices: Tensor) throws(TorchError) -> Tensor {
    try Tensor("embedding", self, indices) { ctorch_embedding($0, $1, &$2) }
  }

  /// `softmax(q·kᵀ·scale + mask)·v` for each head.
  ///
  /// - Parameters:
  ///   - q: `[B, heads, N, d]`.
  ///   - k: `[B, heads, M, d]`.
  ///   - v: `[B, heads, M, d]`.
  ///   - mask: added to the scores, broadcast to `[B, heads, N, M]`.
  ///   - isCausal: position n sees positions 0…n only.
  /// - Returns: `[B, heads, N, d]`.
  public static func attention(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, mask: Tensor? = nil, isCausal: Bool = false,
    scale: Double
  ) throws(TorchError) -> Tensor {
    try Tensor("attention", of: [q, k, v] + (mask.map { [$0] } ?? [])) { result in
      guard let mask else {
        return ctorch_attention(q.handle, k.handle, v.handle, nil, isCausal, scale, &result)
      }
      return withUnsafePointer(to: mask.handle) {
        ctorch_attention(q.handle, k.handle, v.handle, $0, isCausal, scale, &result)
      }
    }
  }

  /// Attention in bf16 on the CPU, forward only, for processors with bf16 arithmetic
  /// (`Machine.hasFastBFloat16`); about twice as fast there as `attention`.
  ///
  /// - Parameters:
  ///   - q: `BF16 [B, N, D]`, the heads side by side, an even number of elements each.
  ///   - k: `BF16 [B, M, D]`.
  ///   - v: `BF16 [B, M, D]`.
  /// - Returns: `BF16 [B, N, D]`.
  public static func blockedAttention(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, scale: Double
  ) throws(TorchError) -> Tensor {
    try Tensor("blocked attention", of: [q, k, v]) {
      ctorch_blocked_attention(q.handle, k.handle, v.handle, Int64(heads), scale, &$0)
    }
  }

  /// `[B, C, H, W]` at another height and width, each pixel the nearest one.
  public func upsampledNearest(height: Int, width: Int) throws(TorchError) -> Tensor {
    try Tensor("upsample", self) {
      ctorch_upsample_nearest($0, Int64(height), Int64(width), &$1)
    }
  }
}
