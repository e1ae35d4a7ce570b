internal import Diffusion
internal import Torch

/// A sampler that tells a stopwatch when its first evaluation of the network begins.
struct TimedSampler: Sampler {
  let sampler: any Sampler

  /// Only the thread that runs the sampler reaches it.
  nonisolated(unsafe) let stopwatch: Stopwatch

  var timesteps: [Double] { sampler.timesteps }
  var initialScale: Double { sampler.initialScale }

  func drawsNoise(at index: Int) -> Bool { sampler.drawsNoise(at: index) }

  func scaledInput(_ latents: Tensor, at index: Int) throws -> Tensor {
    if index == 0 { stopwatch.begin() }
    return try sampler.scaledInput(latents, at: index)
  }

  func step(_ state: SamplerState, output: Tensor, at index: Int, noise: Tensor?) throws
    -> SamplerState
  {
    try sampler.step(state, output: output, at: index, noise: noise)
  }
}
