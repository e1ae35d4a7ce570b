public import Torch

/// An adapter's two factors on one layer: `W′ = W + s·B·A` (Hu et al. 2021, arXiv 2106.09685, eq. 3).
public struct LowRankFactors {
  /// A: `[r, in]`, or `[r, in, kh, kw]` on a convolution.
  public let down: Tensor

  /// B: `[out, r]`, or `[out, r, 1, 1]` on a convolution.
  public let up: Tensor

  /// α, from which the scale `s` comes; equal to the rank where a file has none.
  public let alpha: Double

  /// Whether the scale is `α/√r` (rank-stabilised, Kalajdzievski 2023, arXiv 2312.03732) rather
  /// than `α/r`.
  public let isRankStabilised: Bool

  /// Factors whose shapes the caller has checked.
  public init(down: Tensor, up: Tensor, alpha: Double? = nil, isRankStabilised: Bool = false) {
    self.down = down
    self.up = up
    self.alpha = alpha ?? Double(down.shape[0])
    self.isRankStabilised = isRankStabilised
  }

  /// The rank, r.
  public var rank: Int { down.shape[0] }

  /// `s`: α/r, or α/√r.
  public var scale: Double {
    alpha / (isRankStabilised ? Double(rank).squareRoot() : Double(rank))
  }

  /// `s·B·A` in `F32`: `[out, in]` or `[out, in, kh, kw]`.
  public func weightChange() throws -> Tensor {
    let flatDown = try down.to(.float32).reshaped([rank, down.count / rank])
    let flatUp = try up.to(.float32).reshaped([up.shape[0], rank])
    return try (flatUp.matmul(flatDown) * scale)
      .reshaped([up.shape[0]] + down.shape.dropFirst())
  }
}
