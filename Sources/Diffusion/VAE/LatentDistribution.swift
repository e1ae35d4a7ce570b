public import Torch

/// What an image's latents may be: independent normal distributions.
public struct LatentDistribution {
  /// The means, `F32 [B, 4, H, W]`.
  public let mean: Tensor

  /// The standard deviations, `F32 [B, 4, H, W]`.
  public let deviation: Tensor

  /// One draw, `F32 [B, 4, H, W]`.
  ///
  /// - Parameter noise: unit noise, `F32 [B, 4, H, W]`.
  public func sample(noise: Tensor) throws -> Tensor {
    try mean + deviation * noise
  }

  /// The divergence from unit noise, KL(q ‖ N(0, 1)) = ½(μ² + σ² − 1 − ln σ²), as a mean over all
  /// elements (Kingma and Welling, arXiv 1312.6114, appendix B).
  ///
  /// - Returns: `F32` of rank 0.
  package func meanDivergence() throws -> Tensor {
    let squares = try mean * mean + deviation * deviation
    return try (0.5 * (squares - 1) - deviation.log()).mean()
  }
}
