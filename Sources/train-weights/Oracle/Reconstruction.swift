internal import Diffusion
internal import Imaging
internal import NN
internal import Torch

/// Encodes pictures with an autoencoder and decodes them again.
struct Reconstruction {
  private let autoencoder: AutoencoderKL

  /// Loads the autoencoder of `folder`, which holds `config.json` and
  /// `diffusion_pytorch_model.safetensors`.
  init(folder: String) throws {
    let model = ModelFolder(folder)
    let weights = try model.weights()
    autoencoder = try AutoencoderKL(weights, VAEConfiguration(model.configuration))
    try weights.verify()
  }

  /// `image` after the way there, to the mean latents, and back.
  func callAsFunction(_ image: RGBImage) throws -> RGBImage {
    let decoded = try withoutGradients {
      try autoencoder.decode(autoencoder.encode(image.tensor()).mean)
    }
    return try RGBImage.images(from: decoded)[0]
  }
}
