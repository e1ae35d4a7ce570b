internal import Torch

/// Denoising diffusion implicit models (Song et al., arXiv 2010.02502).
///
/// Deterministic at η = 0; at η = 1 it adds as much noise as DDPM.
struct DDIM: Sampler {
  let timesteps: [Double]
  let initialScale = 1.0

  private let transitions: [Transition]
  private let prediction: PredictionType
  private let eta: Double
  private let clip: ClosedRange<Double>?

  init(_ plan: SamplingPlan, eta: Double) throws {
    let configuration = plan.configuration
    let visited = try plan.timesteps()
    timesteps = visited.map { Double($0) }
    transitions = plan.transitions(
      visited, last: plan.finalSignal(setsAlphaToOne: configuration.setsAlphaToOne ?? true))
    prediction = configuration.predictionType
    self.eta = eta
    clip = configuration.clipping
  }

  func drawsNoise(at index: Int) -> Bool { eta > 0 }

  /// Takes x from ᾱ to the higher ᾱ′ (eq. 12, with σ from eq. 16).
  func step(_ state: SamplerState, output: Tensor, at index: Int, noise: Tensor?) throws
    -> SamplerState
  {
    let (x, step) = (state.latents, transitions[index])
    let estimate = try prediction.clean(output, at: x, signal: step.now)
    let clean = try clip.map { try estimate.clamped(to: $0) } ?? estimate
    // Clipping changes x₀ alone: ε stays the network's own.
    let direction = try prediction.noise(output, at: x, signal: step.now)
    let deviation = eta * step.deviation
    let remaining = max(1 - step.next - deviation * deviation, 0)
    let next = try step.next.squareRoot() * clean + remaining.squareRoot() * direction
    guard drawsNoise(at: index) else { return state.moved(to: next) }
    guard let noise else { throw SamplingError.noNoise(sampler: "ddim", index: index) }
    return state.moved(to: try next + deviation * noise)
  }
}
