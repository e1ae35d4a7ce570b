internal import Torch

/// Euler's method that goes further down than asked and adds noise to come back up (k-diffusion's
/// `sample_euler_ancestral`).
struct EulerAncestral: Sampler {
  var timesteps: [Double] { ladder.timesteps }
  let initialScale: Double

  private let ladder: SigmaLadder
  private let prediction: PredictionType

  init(_ plan: SamplingPlan) throws {
    // diffusers knows neither Karras sigmas nor another last σ here.
    ladder = try plan.eulerLadder(usesKarrasSigmas: false, finalSigma: 0)
    initialScale = ladder.initialScale(plan.configuration.timestepSpacing ?? .linspace)
    prediction = plan.configuration.predictionType
  }

  /// Every step, as in diffusers: the last one multiplies its noise by 0.
  func drawsNoise(at index: Int) -> Bool { true }

  /// `x/√(σ² + 1)`, of unit variance.
  func scaledInput(_ latents: Tensor, at index: Int) throws -> Tensor {
    try ladder.scaledInput(latents, at: index)
  }

  /// An Euler step to σ_down and noise of σ_up, whose variances add up to σ′²: σ_up² = σ′²·(σ² −
  /// σ′²)/σ².
  func step(_ state: SamplerState, output: Tensor, at index: Int, noise: Tensor?) throws
    -> SamplerState
  {
    guard let noise else { throw SamplingError.noNoise(sampler: "euler-a", index: index) }
    let (sigma, next) = ladder[index]
    let variance = max(next * next * (sigma * sigma - next * next), 0) / (sigma * sigma)
    let down = max(next * next - variance, 0).squareRoot()
    let slope = try prediction.slope(output, at: state.latents, sigma: sigma)
    let moved = try state.latents + (down - sigma) * slope
    return state.moved(to: try moved + variance.squareRoot() * noise)
  }
}
