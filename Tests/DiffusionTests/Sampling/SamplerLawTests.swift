import Diffusion
import Foundation
import TestSupport
import Testing
import Torch

/// What must hold whatever any other program computes.
struct SamplerLawTests {
  static let plans: [(kind: SamplerKind, spacing: TimestepSpacing)] = SamplerKind.allCases.flatMap {
    kind in TimestepSpacing.allCases.map { (kind, $0) }
  }

  private func configuration(
    _ spacing: TimestepSpacing = .leading, _ prediction: PredictionType = .epsilon
  ) -> SchedulerConfiguration {
    var configuration = SchedulerConfiguration.stableDiffusion
    configuration.timestepSpacing = spacing
    configuration.predictionType = prediction
    configuration.setsAlphaToOne = true
    return configuration
  }

  private func noise(_ seed: UInt64, count: Int = 1) throws -> Tensor {
    try Generator(seed: seed).normal([count, 4, 3, 5])
  }

  @Test(
    "a network that knows the answer ends at it",
    arguments: plans, [PredictionType.epsilon, .velocity])
  func oracle(_ plan: (kind: SamplerKind, spacing: TimestepSpacing), _ prediction: PredictionType)
    throws
  {
    // Karras levels lie between timesteps, and the network is told the nearest one: it cannot know
    // the answer.
    guard plan.kind != .dpmSolverKarras else { return }
    // pndm mixes the outputs of several timesteps: the noise is the same in all of them, v is not.
    guard plan.kind != .pndm || prediction == .epsilon else { return }
    let configuration = configuration(plan.spacing, prediction)
    let schedule = NoiseSchedule(configuration)
    let answer = try noise(1)
    let sampler = try plan.kind.sampler(configuration: configuration, steps: 9)
    let final = try sampler.run(
      from: noise(2),
      predict: { x, timestep in
        let sigma = schedule.sigma(at: timestep)
        let alpha = 1 / (sigma * sigma + 1).squareRoot()
        let error = try (x - alpha * answer) / (sigma * alpha)
        return prediction == .epsilon
          ? error : try alpha * error - (sigma * alpha) * answer
      },
      stepNoise: { try noise(UInt64(10 + $0)) })
    #expect(try relativeError(final, answer) < 1e-4)
  }

  @Test(
    "the probability flow of Gaussian data is followed at first order by Euler and ddim, better by others"
  )
  func probabilityFlow() throws {
    let coarse = try flowError(.euler, steps: 50)
    let fine = try flowError(.euler, steps: 100)
    #expect((1.6...2.5).contains(coarse / fine))
    // DDIM is Euler's method in other variables.
    #expect(abs(try flowError(.ddim, steps: 50) / coarse - 1) < 1e-4)
    #expect(try flowError(.dpmSolver, steps: 50) < 0.6 * coarse)
    #expect(try flowError(.pndm, steps: 50) < 0.6 * coarse)
  }

  /// How far a run ends from the exact flow of data of deviation ½: x(σ) ∝ √(¼ + σ²).
  private func flowError(_ kind: SamplerKind, steps: Int) throws -> Double {
    let configuration = configuration(.trailing)
    let schedule = NoiseSchedule(configuration)
    let sampler = try kind.sampler(configuration: configuration, steps: steps)
    let start = try noise(3)
    let final = try sampler.run(
      from: start,
      predict: { x, timestep in
        let sigma = schedule.sigma(at: timestep)
        // ε = σ·x/(¼ + σ²) for x = x₀ + σ·ε, of which the network is shown x/√(σ² + 1).
        let share = sigma * (sigma * sigma + 1).squareRoot() / (0.25 + sigma * sigma)
        return try share * x
      }, stepNoise: { _ in start })
    let largest = schedule.sigma(at: 999)
    let unit = kind == .euler ? largest : (largest * largest + 1).squareRoot()
    let exact = try (unit * 0.5 / (0.25 + largest * largest).squareRoot()) * start
    return try relativeError(final, exact)
  }

  @Test("ddim with η = 1 is ddpm")
  func etaOne() throws {
    let finals = try [(SamplerKind.ddim, 1.0), (.ddpm, 0)].map { kind, eta in
      try kind.sampler(configuration: configuration(), steps: 12, eta: eta).run(
        from: noise(4), predict: SamplerFixtures.standIn,
        stepNoise: { try noise(UInt64(20 + $0)) })
    }
    #expect(try relativeError(finals[0], finals[1]) < 1e-5)
  }

  @Test("timesteps fall strictly, but for the one that pndm repeats", arguments: plans)
  func falling(_ plan: (kind: SamplerKind, spacing: TimestepSpacing)) throws {
    for steps in Array(1...70) + [201, 333, 485, 500, 998] {
      let sampler = try plan.kind.sampler(configuration: configuration(plan.spacing), steps: steps)
      var timesteps = sampler.timesteps
      if plan.kind == .pndm, steps > 1 {
        #expect(timesteps[1] == timesteps[2] || steps == 1)
        timesteps.remove(at: 1)
      }
      #expect(timesteps.count == steps)
      #expect(timesteps.allSatisfy { (0..<1000).contains($0) })
      let pairs = zip(timesteps, timesteps.dropFirst())
      // Many Karras levels share a whole timestep.
      #expect(pairs.allSatisfy { $0 > $1 || (plan.kind == .dpmSolverKarras && $0 == $1) })
    }
  }

  @Test("a step changes nothing that it was given", arguments: SamplerKind.allCases)
  func pure(_ kind: SamplerKind) throws {
    let sampler = try kind.sampler(configuration: configuration(), steps: 5)
    let (start, output, drawn) = (try noise(5), try noise(6), try noise(7))
    let before = try start.clone()
    var state = SamplerState(latents: start)
    for index in sampler.timesteps.indices {
      let once = try sampler.step(state, output: output, at: index, noise: drawn)
      let again = try sampler.step(state, output: output, at: index, noise: drawn)
      #expect(try once.latents.isEqual(to: again.latents))
      state = once
    }
    #expect(try start.isEqual(to: before))
  }

  @Test("rows of a batch do not touch each other", arguments: SamplerKind.allCases)
  func rows(_ kind: SamplerKind) throws {
    let sampler = try kind.sampler(configuration: configuration(), steps: 5)
    let (start, drawn) = (try noise(8, count: 2), try noise(9, count: 2))
    let both = try sampler.run(
      from: start, predict: SamplerFixtures.standIn, stepNoise: { _ in drawn })
    let second = try sampler.run(
      from: start.narrowed(0, 1..<2), predict: SamplerFixtures.standIn,
      stepNoise: { _ in try drawn.narrowed(0, 1..<2) })
    #expect(try relativeError(second, both.narrowed(0, 1..<2)) < 1e-6)
  }

  @Test("one step of linspace begins at the noisiest timestep, in diffusers at the cleanest")
  func oneStep() throws {
    let configuration = configuration(.linspace)
    let right = try SamplerKind.ddim.sampler(configuration: configuration, steps: 1)
    let same = try SamplerKind.ddim.sampler(
      configuration: configuration, steps: 1, matchesDiffusersSteps: true)
    #expect(right.timesteps == [999])
    #expect(same.timesteps == [0])
  }

  @Test("guidance goes from the unconditional prediction through the conditional one")
  func guidance() throws {
    let unconditional = try Tensor([Float(1), 2], shape: [2])
    let conditional = try Tensor([Float(2), 0], shape: [2])
    func guided(_ scale: Double) throws -> [Float] {
      try Guidance(scale: scale)(unconditional: unconditional, conditional: conditional).floats()
    }
    #expect(try guided(0) == [1, 2])
    #expect(try guided(1) == [2, 0])
    #expect(try guided(7.5) == [8.5, -13])
    #expect(Guidance(scale: 7.5).isActive)
    #expect(!Guidance(scale: 1).isActive)
  }
}
