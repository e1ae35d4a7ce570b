internal import Foundation
internal import Torch

/// The noise levels of a run in the variables of Karras et al. (arXiv 2206.00364): latents are `x₀
/// + σ·ε`.
struct SigmaLadder: Sendable, Equatable {
  /// What the network is told at each evaluation.
  let timesteps: [Double]

  /// σ where each step begins, and where the last one ends: one more than `timesteps`. Rounded to
  /// 32 bits.
  let sigmas: [Double]

  init(timesteps: [Double], sigmas: [Double]) {
    self.timesteps = timesteps
    self.sigmas = sigmas.map { Double(Float($0)) }
  }

  /// Step `index`, from σ to the lower σ′.
  subscript(index: Int) -> (now: Double, next: Double) { (sigmas[index], sigmas[index + 1]) }

  /// What unit noise is multiplied by to begin.
  ///
  /// diffusers begins with the noise alone where the spacing reaches the noisiest timestep, and
  /// adds a unit of variance for the signal where it does not.
  func initialScale(_ spacing: TimestepSpacing) -> Double {
    let largest = sigmas.max() ?? 1
    return spacing == .leading ? (largest * largest + 1).squareRoot() : largest
  }

  /// What the network is shown at step `index`: `x/√(σ² + 1)`, of unit variance, `[B, C, H, W]`
  /// like `latents`.
  func scaledInput(_ latents: Tensor, at index: Int) throws -> Tensor {
    try latents / (sigmas[index] * sigmas[index] + 1).squareRoot()
  }

  /// `count` levels evenly spaced in σ^(1/ρ), ρ = 7 (arXiv 2206.00364, eq. 5).
  static func karras(from largest: Double, to smallest: Double, _ count: Int) -> [Double] {
    let rho = 7.0
    let (high, low) = (pow(largest, 1 / rho), pow(smallest, 1 / rho))
    return TimestepSpacing.line(from: 0, to: 1, count).map { pow(high + $0 * (low - high), rho) }
  }
}

extension SamplingPlan {
  /// σ after the last step.
  var finalSigma: Double {
    configuration.endsAtSmallestSigma ? schedule.sigma(at: 0) : 0
  }

  /// The ladder of the two Euler samplers; linspace timesteps keep their fractions.
  func eulerLadder(usesKarrasSigmas: Bool, finalSigma: Double) throws -> SigmaLadder {
    let spacing = configuration.timestepSpacing ?? .linspace
    let timesteps = spacing.timesteps(
      steps, of: schedule.count, offset: configuration.stepsOffset,
      matchesDiffusers: matchesDiffusersSteps
    ).map { Double(Float($0)) }
    if let first = timesteps.first, first > Double(schedule.count - 1) {
      throw SamplingError.timestep(
        Int(first), count: schedule.count, steps: steps, offset: configuration.stepsOffset)
    }
    let sigmas = timesteps.map { schedule.sigma(at: $0) }
    guard usesKarrasSigmas, let largest = sigmas.first, let smallest = sigmas.last else {
      return SigmaLadder(timesteps: timesteps, sigmas: sigmas + [finalSigma])
    }
    let levels = SigmaLadder.karras(from: largest, to: smallest, sigmas.count)
    return SigmaLadder(
      timesteps: levels.map { Double(Float(schedule.timestep(ofSigma: $0))) },
      sigmas: levels + [finalSigma])
  }

  /// DPM-Solver's ladder: whole timesteps, spaced as if there were one step more, to the end of the
  /// noise.
  func dpmSolverLadder(usesKarrasSigmas: Bool) throws -> SigmaLadder {
    let spacing = configuration.timestepSpacing ?? .linspace
    let timesteps = dpmSolverTimesteps(spacing)
    let isDescending = zip(timesteps, timesteps.dropFirst()).allSatisfy { $0 > $1 }
    if usesKarrasSigmas {
      let (largest, smallest) = (schedule.sigma(at: schedule.count - 1), schedule.sigma(at: 0))
      let levels = SigmaLadder.karras(from: largest, to: smallest, steps)
      // diffusers cuts the fraction off under the cosine schedule and rounds under the others.
      let rule: FloatingPointRoundingRule =
        configuration.betaSchedule == .squaredCosine ? .towardZero : .toNearestOrEven
      return SigmaLadder(
        timesteps: levels.map { schedule.timestep(ofSigma: $0).rounded(rule) },
        sigmas: levels + [finalSigma])
    }
    guard isDescending, let first = timesteps.first else {
      throw SamplingError.tooManySteps(steps, spacing: spacing.rawValue, sampler: "dpm++2m")
    }
    guard first < Double(schedule.count) else {
      throw SamplingError.timestep(
        Int(first), count: schedule.count, steps: steps, offset: configuration.stepsOffset)
    }
    let sigmas = timesteps.map { schedule.sigma(at: Int($0)) }
    return SigmaLadder(timesteps: timesteps, sigmas: sigmas + [finalSigma])
  }

  private func dpmSolverTimesteps(_ spacing: TimestepSpacing) -> [Double] {
    let last = timestepsAboveSmallestLambda
    switch spacing {
    case .leading:
      let part = last / (steps + 1)
      return (1...steps).reversed().map { Double($0 * part + configuration.stepsOffset) }
    case .linspace:
      return TimestepSpacing.line(from: 0, to: Double(last - 1), steps + 1)
        .dropFirst().reversed().map { $0.rounded(.toNearestOrEven) }
    case .trailing:
      let part = Double(schedule.count) / Double(steps)
      return TimestepSpacing.trailing(from: last, by: part).prefix(steps).map { $0 }
    }
  }

  /// How many timesteps have λ = ln(√ᾱ/√(1−ᾱ)) at or above `lambda_min_clipped`.
  private var timestepsAboveSmallestLambda: Int {
    let smallest = configuration.smallestLambda
    guard smallest > -.infinity else { return schedule.count }
    let count = schedule.signal.count { 0.5 * log($0 / (1 - $0)) >= smallest }
    return max(count, 1)
  }
}
