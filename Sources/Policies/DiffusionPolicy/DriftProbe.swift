public import Torch

/// Where the drift of a model from its base is measured.
public struct DriftProbe {
  /// Clean latents, as the UNet sees them, `F32 [4, H, W]`; noise is added to them by address.
  public let latents: Tensor

  /// What they show.
  public let prompt: String

  /// A probe at `latents`, `F32 [4, H, W]`.
  public init(latents: Tensor, prompt: String) {
    self.latents = latents
    self.prompt = prompt
  }
}
