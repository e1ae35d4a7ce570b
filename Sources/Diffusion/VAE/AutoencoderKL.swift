public import NN
public import Torch

/// The variational autoencoder between images and latents.
public final class AutoencoderKL {
  /// The sizes that the autoencoder was built with.
  public let configuration: VAEConfiguration

  /// Where the autoencoder computes.
  public let placement: Placement

  private let encoder: VAEEncoder
  private let decoder: VAEDecoder
  private let quantConvolution: Conv2d?
  private let postQuantConvolution: Conv2d?

  /// Reads the tensors of `vae/diffusion_pytorch_model.safetensors`.
  public init(_ weights: Weights, _ configuration: VAEConfiguration) throws {
    self.configuration = configuration
    placement = weights.placement
    let channels = configuration.latentChannels
    encoder = try VAEEncoder(weights["encoder"], configuration)
    decoder = try VAEDecoder(weights["decoder"], configuration)
    quantConvolution =
      configuration.hasQuantConvolution
      ? try Conv2d(weights["quant_conv"], from: 2 * channels, to: 2 * channels, kernel: 1) : nil
    postQuantConvolution =
      configuration.hasPostQuantConvolution
      ? try Conv2d(weights["post_quant_conv"], from: channels, to: channels, kernel: 1) : nil
  }

  /// The distribution of images' latents, at the scale of a sampler's: `decode` turns them back.
  ///
  /// - Parameter images: in 0…1, `[B, 3, 8H, 8W]`.
  public func encode(_ images: Tensor) throws -> LatentDistribution {
    let x = try (images.to(.float32) * 2 - 1).to(placement.dtype).channelsLast()
    let encoded = try encoder(x)
    let moments = try (quantConvolution?(encoded) ?? encoded).to(.float32).contiguous()
    let halves = try moments.chunks(2, along: 1)
    // Kingma and Welling 2013: the second half is ln σ².
    let deviation = try (halves[1].clamped(to: -30...20) * 0.5).exp()
    let scale = configuration.scalingFactor
    return LatentDistribution(mean: try halves[0] * scale, deviation: try deviation * scale)
  }

  /// The images of latents.
  ///
  /// - Parameters:
  ///   - latents: as a sampler leaves them, `[B, 4, H, W]`.
  ///   - tilesAbove: images with a longer side are decoded in overlapping tiles, in pixels.
  /// - Returns: images in 0…1, `F32 [B, 3, 8H, 8W]`.
  public func decode(_ latents: Tensor, tilesAbove: Int = .max) throws -> Tensor {
    let side = max(latents.shape[2], latents.shape[3]) * configuration.scale
    let decoded =
      side > tilesAbove
      ? try TiledDecoding(configuration).decode(latents, decodeUnclamped)
      : try decodeUnclamped(latents)
    return try (decoded * 0.5 + 0.5).clamped(to: 0...1)
  }

  /// The images of latents as the decoder makes them, for training it: nothing is cut off, so that
  /// gradients flow everywhere.
  ///
  /// - Parameter latents: at the scale of a sampler's, `[B, 4, H, W]`.
  /// - Returns: images in about −1…1, `F32 [B, 3, 8H, 8W]`.
  package func decodeUnclamped(_ latents: Tensor) throws -> Tensor {
    let latents = try latents.to(.float32) / configuration.scalingFactor
    let x = try latents.to(placement.dtype).channelsLast()
    return try decoder(postQuantConvolution?(x) ?? x).to(.float32).contiguous()
  }
}
