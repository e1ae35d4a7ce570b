public import Torch

/// Attention over several heads, from projections that are already made.
///
/// - Parameters:
///   - q: `[B, N, D]`, the heads side by side.
///   - k: `[B, M, D]`.
///   - v: `[B, M, D]`.
///   - isCausal: position n sees positions 0…n only.
/// - Returns: `[B, N, D]`.
public func multiHeadAttention(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, isCausal: Bool = false
) throws -> Tensor {
  let width = q.shape[2] / heads
  let scale = 1 / Double(width).squareRoot()
  let needsGradient = [q, k, v].contains(where: \.requiresGradient) && recordsGradients
  if q.dtype == .bfloat16, q.device == .cpu, Machine.hasFastBFloat16, width % 2 == 0, !isCausal,
    !needsGradient
  {
    return try Tensor.blockedAttention(q, k, v, heads: heads, scale: scale)
  }
  func split(_ x: Tensor) throws -> Tensor {
    try x.reshaped([x.shape[0], x.shape[1], heads, width]).transposed(1, 2)
  }
  let mixed = try Tensor.attention(
    split(q), split(k), split(v), isCausal: isCausal, scale: scale)
  return try mixed.transposed(1, 2).reshaped(q.shape)
}
