public import Imaging
public import Torch

/// An image as it was sampled: its latents, and the picture that they make.
public struct DiffusionSample {
  /// As the UNet sees them, before division by the VAE's scaling factor, `F32 [4, H, W]`.
  public let latents: Tensor

  /// The picture, decoded or read when it is asked for.
  public let image: () throws -> RGBImage

  /// A sample whose picture comes from elsewhere, such as a file.
  ///
  /// - Parameter latents: `F32 [4, H, W]`.
  public init(latents: Tensor, image: @escaping () throws -> RGBImage) {
    self.latents = latents
    self.image = image
  }
}
