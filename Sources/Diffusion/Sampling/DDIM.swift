public import Torch

/// Denoising diffusion implicit models (Song et al., arXiv 2010.02502).
///
/// Deterministic at η = 0; at η = 1 it adds as much noise as DDPM.
public struct DDIM: Sampler {
  public let timesteps: [Double]
  public let initialScale = 1.0

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

  public func drawsNoise(at index: Int) -> Bool { eta > 0 }

  /// Takes x from ᾱ to the higher ᾱ′ (eq. 12, with σ from eq. 16).
  public func step(_ state: SamplerState, output: Tensor, at index: Int, noise: Tensor?) throws
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

extension Transition {
  /// The deviation of the noise that DDPM adds in this step:
  /// √((1−ᾱ′)/(1−ᾱ) · (1 − ᾱ/ᾱ′)) (arXiv 2010.02502, eq. 16 with η = 1).
  var deviation: Double {
    max((1 - next) / (1 - now) * (1 - now / next), 0).squareRoot()
  }
}

extension SamplingPlan {
  /// Where each of DDIM's steps begins and ends.
  ///
  /// - Parameters:
  ///   - visited: the run's timesteps, descending.
  ///   - last: ᾱ after the last step.
  func transitions(_ visited: [Int], last: Double) -> [Transition] {
    visited.indices.map { index in
      Transition(
        now: schedule.signal[visited[index]], next: signal(after: index, of: visited, last: last))
    }
  }

  /// ᾱ where the step from `visited[index]` ends: at the next timestep, or ⌊N/steps⌋ further on as in diffusers.
  func signal(after index: Int, of visited: [Int], last: Double) -> Double {
    if matchesDiffusersSteps {
      let next = visited[index] - stride
      return next >= 0 ? schedule.signal[next] : last
    }
    return index + 1 < visited.count ? schedule.signal[visited[index + 1]] : last
  }

  /// ᾱ after the last step: 1, or that of timestep 0.
  func finalSignal(setsAlphaToOne: Bool) -> Double {
    setsAlphaToOne ? 1 : schedule.signal[0]
  }
}
