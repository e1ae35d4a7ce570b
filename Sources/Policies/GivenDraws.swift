package import Torch

/// Noise, timesteps and order that come from outside instead of from a seed, to compare with other
/// implementations.
package struct GivenDraws {
  /// `F32 [steps, B, 4, H, W]`.
  package let noise: Tensor

  /// By step and example, 0..<N.
  package let timesteps: [[Int]]

  /// By step and example, which latents to take; one after the other where nil.
  package let indices: [[Int]]?

  /// Draws for `noise.shape[0]` steps.
  package init(noise: Tensor, timesteps: [[Int]], indices: [[Int]]?) {
    self.noise = noise
    self.timesteps = timesteps
    self.indices = indices
  }

  /// The number of steps.
  package var steps: Int { noise.shape[0] }

  /// Examples a step.
  package var batch: Int { noise.shape[1] }
}
