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
}
