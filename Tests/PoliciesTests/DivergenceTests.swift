import Diffusion
import Foundation
import LoRA
import Policies
import RAFT
import TestSupport
import Testing
import Torch

/// A diffusion of normal data N(μ, s²), whose best prediction is known:
/// `ε*(x_t, t) = σ·(x_t − α·μ)/(α²s² + σ²)`, α² = ᾱ_t, σ² = 1 − ᾱ_t.
struct GaussianDiffusion: Sendable, CustomStringConvertible {
  let mean: Double
  let deviation: Double

  var description: String { "N(\(mean), \(deviation)²)" }

  /// ᾱ of Stable Diffusion's schedule.
  static let signal: [Double] = {
    let (low, high) = (0.00085.squareRoot(), 0.012.squareRoot())
    var product = 1.0
    return (0..<1000).map { index in
      let root = low + (high - low) * Double(index) / 999
      product *= 1 - root * root
      return product
    }
  }()

  func noise(at x: Double, timestep: Int) -> Double {
    let signal = Self.signal[timestep]
    let variance = signal * deviation * deviation + 1 - signal
    return (1 - signal).squareRoot() * (x - signal.squareRoot() * mean) / variance
  }

  func logDensity(_ x: Double) -> Double {
    let z = (x - mean) / deviation
    return -z * z / 2 - log(deviation)
  }
}

@Suite("Divergence and drift")
struct DivergenceTests {
  private func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    for (rank, index) in order.enumerated() { ranks[index] = Double(rank) }
    return ranks
  }

  private func rankCorrelation(_ a: [Double], _ b: [Double]) -> Double {
    let (x, y) = (ranks(a), ranks(b))
    let middle = Double(a.count - 1) / 2
    let products = zip(x, y).reduce(0) { $0 + ($1.0 - middle) * ($1.1 - middle) }
    return products / x.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
  }

  @Test(
    "on one-dimensional Gaussians it ranks samples as the exact log ratio does",
    arguments: [
      GaussianDiffusion(mean: 0.5, deviation: 1), .init(mean: 0, deviation: 0.7),
      .init(mean: 0, deviation: 1.3), .init(mean: 0.5, deviation: 0.8),
      .init(mean: -0.3, deviation: 1.2), .init(mean: 0.2, deviation: 0.5),
      .init(mean: 0.1, deviation: 0.95), .init(mean: 1, deviation: 1.5),
    ])
  func gaussian(moved: GaussianDiffusion) throws {
    let base = GaussianDiffusion(mean: 0, deviation: 1)
    for seed in 0..<5 as Range<UInt64> {
      let estimate = try DivergenceEstimate(shape: [1], timestepCount: 1000, seed: seed)
      let draws = try Generator(seed: seed + 100).normal([48]).doubles()
      let samples = draws.map { moved.mean + moved.deviation * $0 }
      let found = try samples.map { sample in
        try estimate.pairs.reduce(0) { sum, pair in
          let noise = try pair.noise.item()
          let signal = GaussianDiffusion.signal[pair.timestep]
          let x = signal.squareRoot() * sample + (1 - signal).squareRoot() * noise
          func tensor(_ value: Double) throws -> Tensor { try Tensor([value], shape: [1]) }
          return sum
            + (try DivergenceEstimate.term(
              target: tensor(noise), base: tensor(base.noise(at: x, timestep: pair.timestep)),
              adapted: tensor(moved.noise(at: x, timestep: pair.timestep))))
        }
      }
      let exact = samples.map { moved.logDensity($0) - base.logDensity($0) }
      #expect(rankCorrelation(found, exact) >= 0.9)
    }
  }

  @Test("eight pairs: a timestep in each quarter, a noise and its opposite, by the seed alone")
  func pairs() throws {
    let estimate = try DivergenceEstimate(shape: [4, 2, 2], timestepCount: 1000, seed: 4)
    let quarters = estimate.pairs.map { $0.timestep / 250 }
    #expect(quarters == [0, 0, 1, 1, 2, 2, 3, 3])
    for place in stride(from: 0, to: 8, by: 2) {
      let (one, other) = (estimate.pairs[place], estimate.pairs[place + 1])
      #expect(one.timestep == other.timestep)
      #expect(try (one.noise + other.noise).magnitude().max().item() == 0)
    }
    let again = try DivergenceEstimate(shape: [4, 2, 2], timestepCount: 1000, seed: 4)
    let next = try DivergenceEstimate(shape: [4, 2, 2], timestepCount: 1000, seed: 5)
    #expect(again.pairs.map(\.timestep) == estimate.pairs.map(\.timestep))
    #expect(try again.pairs[2].noise.isEqual(to: estimate.pairs[2].noise))
    #expect(try !next.pairs[2].noise.isEqual(to: estimate.pairs[2].noise))
  }

  @Test(
    "an adapter that changes nothing has none, exactly, in any precision",
    arguments: [DType.float32, .bfloat16])
  func nothing(dtype: DType) throws {
    try onOneThread {
      let policy = try PolicyFixture.policy(model: TinyModel.load(dtype))
      let examples = try PolicyFixture.examples(3, policy)
      #expect(try policy.divergences(of: examples) == [0, 0, 0])
      #expect(try policy.drift(at: probes(policy)) == 0)
      #expect(try policy.norms().total.relativeChange == 0)
    }
  }

  @Test("what was learned becomes likelier than what was not, and all drift is above zero")
  func learned() throws {
    try onOneThread {
      let policy = try PolicyFixture.policy(
        PolicyFixture.settings {
          $0.tuning.steps = 60
          $0.tuning.batch = 4
        }, plan: AdapterPlan(layers: [.all], rank: 4))
      let examples = try PolicyFixture.examples(6, policy)
      let flat = try examples.map {
        Candidate($0.request, policy.sample(try .full([4, 8, 8], 0.5)))
      }
      _ = try policy.fineTune(on: flat, round: 1)
      let (known, others) = try (
        policy.divergences(of: flat), policy.divergences(of: examples)
      )
      #expect(known.allSatisfy { $0 > 0 })
      #expect(try #require(known.min()) > #require(others.max()))
      let drift = try policy.drift(at: probes(policy))
      #expect(drift > 0)
      #expect(try policy.drift(at: probes(policy)) == drift)
      let change = try policy.norms().total.relativeChange ?? 0
      #expect(change > 0)
      // Neither needs the others beside it.
      let alone = try examples.map { try policy.divergences(of: [$0])[0] }
      for (one, other) in zip(alone, others) { #expect(abs(one - other) < 1e-5) }
    }
  }

  private func probes(_ policy: DiffusionPolicy) throws -> [DriftProbe] {
    try PolicyFixture.examples(3, policy).compactMap { example in
      example.sample.map { DriftProbe(latents: $0.latents, prompt: example.request.prompt) }
    }
  }
}
