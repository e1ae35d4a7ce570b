public import Torch

/// How far a run is.
public struct SamplingProgress {
  /// Evaluations done, 1…`count`.
  public let done: Int
  /// Evaluations of the whole run.
  public let count: Int
  /// The timestep of the evaluation just done.
  public let timestep: Double
  /// The latents after it, `F32 [B, C, H, W]`.
  public let latents: Tensor
}

/// What the caller wants of a run after a step.
public enum SamplingDecision: Sendable {
  case `continue`
  case stop
}

extension Sampler {
  /// Samples from `noise` to clean latents.
  ///
  /// Latents stay `F32`; the network may run in another type and its output is converted.
  ///
  /// - Parameters:
  ///   - noise: unit noise, `[B, C, H, W]`; it is multiplied by `initialScale` here.
  ///   - predict: evaluates the network, with guidance: scaled latents `F32 [B, C, H, W]` and a
  ///     timestep in, the same shape out.
  ///   - stepNoise: draws unit noise `[B, C, H, W]` for the step of an evaluation; called in order,
  ///     and only where the step takes noise.
  ///   - progress: hears of every evaluation; `.stop` ends the run.
  /// - Returns: latents, `F32 [B, C, H, W]`, before division by the autoencoder's scaling factor.
  /// - Throws: `SamplingError.stopped` after `.stop`, and whatever the closures throw.
  public func run(
    from noise: Tensor,
    predict: (_ latents: Tensor, _ timestep: Double) throws -> Tensor,
    stepNoise: (_ index: Int) throws -> Tensor,
    progress: (SamplingProgress) -> SamplingDecision = { _ in .continue }
  ) throws -> Tensor {
    var state = SamplerState(latents: try noise.to(.float32) * initialScale)
    for (index, timestep) in timesteps.enumerated() {
      let output = try predict(scaledInput(state.latents, at: index), timestep)
      guard output.shape == noise.shape else {
        throw SamplingError.outputShape(output.shape, expected: noise.shape)
      }
      let drawn = drawsNoise(at: index) ? try unitNoise(stepNoise(index), like: noise) : nil
      state = try step(state, output: output.to(.float32), at: index, noise: drawn)
      let report = SamplingProgress(
        done: index + 1, count: timesteps.count, timestep: timestep, latents: state.latents)
      if progress(report) == .stop, index + 1 < timesteps.count {
        throw SamplingError.stopped(after: index + 1, of: timesteps.count)
      }
    }
    return state.latents
  }

  private func unitNoise(_ noise: Tensor, like latents: Tensor) throws -> Tensor {
    guard noise.shape == latents.shape else {
      throw SamplingError.noiseShape(noise.shape, expected: latents.shape)
    }
    return try noise.to(.float32, device: latents.device)
  }
}
