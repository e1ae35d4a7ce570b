internal import Torch

/// Euler's method on the probability-flow equation (Karras et al., arXiv 2206.00364, algorithm 1
/// without its correction).
struct Euler: Sampler {
  var timesteps: [Double] { ladder.timesteps }
  let initialScale: Double

  private let ladder: SigmaLadder
  private let prediction: PredictionType

  init(_ plan: SamplingPlan) throws {
    let configuration = plan.configuration
    ladder = try plan.eulerLadder(
      usesKarrasSigmas: configuration.usesKarrasSigmas, finalSigma: plan.finalSigma)
    initialScale = ladder.initialScale(configuration.timestepSpacing ?? .linspace)
    prediction = configuration.predictionType
  }

  /// `x/√(σ² + 1)`, of unit variance.
  func scaledInput(_ latents: Tensor, at index: Int) throws -> Tensor {
    try ladder.scaledInput(latents, at: index)
  }

  /// `x + (x − x₀)/σ·(σ′ − σ)` (algorithm 1, lines 4 and 5, for σ(t) = t).
  func step(_ state: SamplerState, output: Tensor, at index: Int, noise: Tensor?) throws
    -> SamplerState
  {
    let (sigma, next) = ladder[index]
    let slope = try prediction.slope(output, at: state.latents, sigma: sigma)
    return state.moved(to: try state.latents + (next - sigma) * slope)
  }
}

extension PredictionType {
  /// `dx/dσ = (x − x₀)/σ` for latents `x = x₀ + σ·ε`, `[B, C, H, W]` (arXiv 2206.00364, eq. 1 and
  /// 3).
  func slope(_ output: Tensor, at x: Tensor, sigma: Double) throws -> Tensor {
    let variance = sigma * sigma + 1
    switch self {
    case .epsilon:
      return output
    case .velocity, .sample:
      let scaled = try x / variance.squareRoot()
      return try (x - clean(output, at: scaled, signal: 1 / variance)) / sigma
    }
  }
}
