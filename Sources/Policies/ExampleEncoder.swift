package import Diffusion
package import Imaging
internal import NN
package import Torch

/// Images to latents to learn from: one draw from what the VAE's encoder says they may be, as
/// training scripts have it.
package struct ExampleEncoder {
  private let model: StableDiffusion
  private let draws: TrainingDraws
  private let (width, height): (Int, Int)

  /// - Parameters:
  ///   - width: images are scaled and cropped to this, in pixels.
  ///   - height: the same.
  /// - Throws: `GenerationError.size` where the VAE cannot make latents of it.
  package init(_ model: StableDiffusion, draws: TrainingDraws, width: Int, height: Int) throws {
    let scale = model.vae.configuration.scale
    guard width > 0, height > 0, width % scale == 0, height % scale == 0 else {
      throw GenerationError.size(width: width, height: height, multiple: scale)
    }
    self.model = model
    self.draws = draws
    (self.width, self.height) = (width, height)
  }

  /// The latents of an image.
  ///
  /// - Parameters:
  ///   - index: the image's place among the examples, which its draw depends on.
  ///   - name: what to call it where it fails.
  /// - Returns: `F32 [4, H, W]`, on the CPU.
  /// - Throws: ``PolicyError/notEncoded(_:)``.
  package func latents(of image: RGBImage, index: Int, name: String) throws -> Tensor {
    let device = model.placement.device
    let pixels = try image.covering(width: width, height: height).tensor().to(device: device)
    let moments = try withoutGradients { try model.vae.encode(pixels) }
    let noise = try draws.latents(of: index, shape: moments.mean.shape)
    let drawn = try moments.sample(noise: noise.to(device: device))
    guard try drawn.isFinite() else { throw PolicyError.notEncoded(name) }
    return try drawn[0].to(device: .cpu)
  }
}
