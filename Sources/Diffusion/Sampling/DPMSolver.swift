internal import Foundation
internal import Torch

/// DPM-Solver++ (2M): a multistep solver for the estimate of x₀ (Lu et al., arXiv 2211.01095,
/// algorithm 2).
///
/// Latents are `α·x₀ + s·ε` with α = 1/√(σ²+1) and s = σ·α, so that λ = ln(α/s) = −ln σ.
struct DPMSolver: Sampler {
  var timesteps: [Double] { ladder.timesteps }
  let initialScale = 1.0

  private let ladder: SigmaLadder
  private let prediction: PredictionType
  private let order: Int
  private let endsInFirstOrder: Bool

  init(_ plan: SamplingPlan, usesKarrasSigmas: Bool) throws {
    let configuration = plan.configuration
    guard (1...2).contains(configuration.solverOrder) else {
      throw SamplingError.unsupported(
        key: "solver_order", found: "\(configuration.solverOrder)", sampler: "dpm++2m",
        accepted: "1 or 2")
    }
    guard configuration.solver != .heun else {
      throw SamplingError.unsupported(
        key: "solver_type", found: "heun", sampler: "dpm++2m", accepted: "midpoint")
    }
    ladder = try plan.dpmSolverLadder(usesKarrasSigmas: usesKarrasSigmas)
    prediction = configuration.predictionType
    order = configuration.solverOrder
    let isShort = ladder.timesteps.count < 15
    endsInFirstOrder =
      configuration.endsWithEuler || (configuration.lowersFinalOrder && isShort)
      || !configuration.endsAtSmallestSigma
  }

  /// `(s′/s)·x − α′·(e^(−h) − 1)·D` (algorithm 2, the last line of its loop), h = λ′ − λ: D is x₀
  /// at first order, and `x₀ + (x₀ − x₀ before)·h/(2·h before)` at second.
  func step(_ state: SamplerState, output: Tensor, at index: Int, noise: Tensor?) throws
    -> SamplerState
  {
    let (sigma, next) = ladder[index]
    let (signal, nextSignal) = (1 / (sigma * sigma + 1), 1 / (next * next + 1))
    let clean = try prediction.clean(output, at: state.latents, signal: signal)
    let target = try extrapolated(clean, from: state.past.first, at: index)
    // e^(−h) = σ′/σ; with it s′/s = e^(−h)·α′/α.
    let decay = next / sigma
    let latentShare = decay * (nextSignal / signal).squareRoot()
    let cleanShare = nextSignal.squareRoot() * (1 - decay)
    var state = state
    state.past = [clean]
    return state.moved(to: try latentShare * state.latents + cleanShare * target)
  }

  private func extrapolated(_ clean: Tensor, from before: Tensor?, at index: Int) throws -> Tensor {
    let isLast = index == timesteps.count - 1
    guard let before, order > 1, !(isLast && endsInFirstOrder) else { return clean }
    let (previous, now, next) = (
      ladder[index - 1].now, ladder[index].now, ladder[index].next
    )
    let share = 0.5 * log(now / next) / log(previous / now)
    return try clean + share * (clean - before)
  }
}
