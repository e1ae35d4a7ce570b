internal import Torch

/// Pseudo linear multistep sampling: PNDM without its Runge-Kutta start (Liu et al., arXiv
/// 2202.09778).
///
/// Instead of the Runge-Kutta start, the first step is taken twice, the second time with the mean
/// of the outputs at its two ends. So the second timestep is evaluated twice: 51 evaluations for 50
/// steps.
struct PLMS: Sampler {
  let timesteps: [Double]
  let initialScale = 1.0

  private let transitions: [Transition]
  private let prediction: PredictionType

  init(_ plan: SamplingPlan) throws {
    let configuration = plan.configuration
    guard configuration.skipsRungeKutta else {
      throw SamplingError.unsupported(
        key: "skip_prk_steps", found: "false", sampler: "pndm", accepted: "true")
    }
    guard configuration.predictionType != .sample else {
      throw SamplingError.unsupported(
        key: "prediction_type", found: "sample", sampler: "pndm",
        accepted: "epsilon or v_prediction")
    }
    let visited = try plan.timesteps()
    let last = plan.finalSignal(setsAlphaToOne: configuration.setsAlphaToOne ?? false)
    var transitions = plan.transitions(visited, last: last)
    var evaluated = visited
    if visited.count > 1 {
      transitions.insert(try plan.repeatedStep(of: visited), at: 1)
      evaluated.insert(visited[1], at: 1)
    }
    timesteps = evaluated.map { Double($0) }
    self.transitions = transitions
    prediction = configuration.predictionType
  }

  /// Mixes the newest outputs (eq. 12 and its lower orders) and takes the transfer step (eq. 9)
  /// with the mixture.
  func step(_ state: SamplerState, output: Tensor, at index: Int, noise: Tensor?) throws
    -> SamplerState
  {
    var state = state
    let start = index == 1 ? state.kept ?? state.latents : state.latents
    let mixture: Tensor
    if index == 1, let first = state.past.first {
      // This output belongs to the first try at the first step: it improves the second, and is not
      // remembered.
      mixture = try (output + first) / 2
    } else {
      state.past = [output] + state.past.prefix(3)
      mixture = try Self.mixture(of: state.past)
    }
    state.kept = index == 0 ? state.latents : nil
    return state.moved(to: try transfer(start, mixture, transitions[index]))
  }

  /// The Adams-Bashforth mixture of up to four outputs, newest first.
  private static func mixture(of past: [Tensor]) throws -> Tensor {
    let weights: [Double] =
      switch past.count {
      case 1: [1]
      case 2: [3 / 2, -1 / 2]
      case 3: [23 / 12, -16 / 12, 5 / 12]
      default: [55 / 24, -59 / 24, 37 / 24, -9 / 24]
      }
    var mixture = try weights[0] * past[0]
    for (weight, output) in zip(weights, past).dropFirst() {
      mixture = try mixture + weight * output
    }
    return mixture
  }

  /// Takes x from ᾱ to ᾱ′ along ε (eq. 9):
  /// `√(ᾱ′/ᾱ)·x − (ᾱ′ − ᾱ)·ε / (ᾱ·√(1−ᾱ′) + √(ᾱ·(1−ᾱ)·ᾱ′))`.
  private func transfer(_ x: Tensor, _ output: Tensor, _ step: Transition) throws -> Tensor {
    let (now, next) = (step.now, step.next)
    let noise = try prediction.noise(output, at: x, signal: now)
    let scale = (next / now).squareRoot()
    let divisor = now * (1 - next).squareRoot() + (now * (1 - now) * next).squareRoot()
    return try scale * x - ((next - now) / divisor) * noise
  }
}

extension SamplingPlan {
  /// PLMS's second evaluation: the first step once more. diffusers takes it from ⌊N/steps⌋ before
  /// its end.
  fileprivate func repeatedStep(of visited: [Int]) throws -> Transition {
    let begin = matchesDiffusersSteps ? visited[1] + stride : visited[0]
    guard begin < schedule.count else {
      throw SamplingError.timestep(
        begin, count: schedule.count, steps: steps, offset: configuration.stepsOffset)
    }
    return Transition(now: schedule.signal[begin], next: schedule.signal[visited[1]])
  }
}
