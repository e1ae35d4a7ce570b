internal import Torch

/// Denoising diffusion probabilistic models: ancestral sampling over any subset of the timesteps
/// (Ho et al., arXiv 2006.11239).
struct DDPM: Sampler {
  let timesteps: [Double]
  let initialScale = 1.0

  private let transitions: [Transition]
  private let prediction: PredictionType
  private let variance: SchedulerConfiguration.Variance
  private let clip: ClosedRange<Double>?

  init(_ plan: SamplingPlan) throws {
    let configuration = plan.configuration
    let variance = configuration.variance ?? .fixedSmall
    guard [.fixedSmall, .fixedLarge].contains(variance) else {
      throw SamplingError.unsupported(
        key: "variance_type", found: variance.rawValue, sampler: "ddpm",
        accepted: "fixed_small or fixed_large")
    }
    let visited = try plan.timesteps()
    timesteps = visited.map { Double($0) }
    // diffusers, too, steps to the next timestep here, and always ends without noise.
    transitions = visited.indices.map { index in
      let next = index + 1 < visited.count ? plan.schedule.signal[visited[index + 1]] : 1
      return Transition(now: plan.schedule.signal[visited[index]], next: next)
    }
    prediction = configuration.predictionType
    self.variance = variance
    clip = configuration.clipping
  }

  /// Every step takes noise but one from timestep 0.
  func drawsNoise(at index: Int) -> Bool { timesteps[index] > 0 }

  /// Draws x′ from the posterior given x and the estimate of x₀ (eq. 6 and 7, with a = ᾱ/ᾱ′ for α).
  func step(_ state: SamplerState, output: Tensor, at index: Int, noise: Tensor?) throws
    -> SamplerState
  {
    let (x, step) = (state.latents, transitions[index])
    let estimate = try prediction.clean(output, at: x, signal: step.now)
    let clean = try clip.map { try estimate.clamped(to: $0) } ?? estimate
    let kept = step.now / step.next
    let cleanShare = step.next.squareRoot() * (1 - kept) / (1 - step.now)
    let latentShare = kept.squareRoot() * (1 - step.next) / (1 - step.now)
    let mean = try cleanShare * clean + latentShare * x
    guard drawsNoise(at: index) else { return state.moved(to: mean) }
    guard let noise else { throw SamplingError.noNoise(sampler: "ddpm", index: index) }
    let deviation = variance == .fixedLarge ? (1 - kept).squareRoot() : step.deviation
    return state.moved(to: try mean + deviation * noise)
  }
}
