package import Torch

/// Latents and what they show.
package struct TrainingExamples {
  /// As the UNet sees them, `F32 [N, 4, H, W]`.
  package let latents: Tensor

  /// `N` texts.
  package let prompts: [String]

  /// - Parameters:
  ///   - latents: `F32 [N, 4, H, W]`.
  ///   - prompts: `N` texts.
  package init(latents: Tensor, prompts: [String]) {
    self.latents = latents
    self.prompts = prompts
  }

  /// N.
  package var count: Int { prompts.count }
}
