internal import NN
package import Torch

/// How much likelier a diffusion model finds a sample than its base does, up to a positive factor:
/// `d = mean over (t, ε) of (‖ε − ε_base‖² − ‖ε − ε_θ‖²)/dim`, the difference of the two models'
/// denoising losses at the sample, signed.
///
/// The pairs (t, ε) are the same for all samples and for both models, so that differences between
/// samples are the samples'. There are eight: four timesteps, one in each quarter, and at each of
/// them ε and −ε. In few dimensions the part of d that is odd in ε would otherwise drown the rest:
/// on one-dimensional Gaussians eight independent ε rank samples like the exact log ratio with a
/// correlation of 0.8 to 0.95 on average, opposite ones with at least 0.95 in all of hundreds of
/// draws. Timesteps count alike. The evidence lower bound would weigh them by
/// β_t/(2(1−β_t)(1−ᾱ_t)), nearly all of it below t = 100, where the two models hardly differ.
package struct DivergenceEstimate {
  /// How noisy a sample is made, and with which noise.
  package struct Pair {
    /// t, 0..<N.
    package let timestep: Int

    /// ε, unit noise of the sample's shape, `F32`.
    package let noise: Tensor
  }

  private static let strata = 4

  /// The pairs at which every sample is looked at.
  package let pairs: [Pair]

  /// - Parameters:
  ///   - shape: a sample's.
  ///   - timestepCount: the training timesteps, N.
  ///   - seed: where the pairs come from.
  package init(shape: [Int], timestepCount: Int, seed: UInt64) throws {
    let timesteps = try StratifiedTimesteps.draw(Self.strata, of: timestepCount, seed: seed)
    pairs = try timesteps.enumerated().flatMap { index, timestep in
      let noise = try Initialisation.generator("noise.\(index)", seed: seed).normal(shape)
      return [
        Pair(timestep: timestep, noise: noise), Pair(timestep: timestep, noise: try noise * -1),
      ]
    }
  }

  /// d of one pair, `(‖y − y_base‖² − ‖y − y_θ‖²)/dim`, as a product that is exactly 0 where both
  /// models say the same.
  ///
  /// - Parameters:
  ///   - target: y, what the network ought to say, any shape.
  ///   - base: what the base says, of the same shape.
  ///   - adapted: what the model says, of the same shape.
  package static func term(target: Tensor, base: Tensor, adapted: Tensor) throws -> Double {
    let (y, b, a) = try (target.to(.float64), base.to(.float64), adapted.to(.float64))
    return try ((a - b) * (2 * y - b - a)).mean().item()
  }
}
