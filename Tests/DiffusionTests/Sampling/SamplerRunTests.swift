import Diffusion
import Foundation
import TestSupport
import Testing
import Torch

/// Whole runs against diffusers' schedulers, from the same noise, with a formula in the network's
/// place.
struct SamplerRunTests {
  /// diffusers' own 32-bit coefficients differ from exact ones by some 1e-6; a wrong step by 1e-2
  /// and more.
  static let tolerance = 1e-5

  @Test("a run is diffusers'", arguments: SamplerFixtures.runs.indices)
  func run(_ index: Int) throws {
    let (run, json) = SamplerFixtures.runs[index]
    let fixtures = SamplerFixtures.samplers
    let kind = try #require(SamplerKind(rawValue: run.sampler))
    let configuration = try SchedulerConfiguration(json: json, file: run.name)
    let sampler = try kind.sampler(
      configuration: configuration, steps: run.steps, eta: run.eta, matchesDiffusersSteps: true)
    #expect(configuration.unreadKeys.isEmpty)
    #expect(sampler.timesteps.map { Float($0) } == (try fixtures.floats("\(run.name).timesteps")))
    #expect(sampler.draws == run.draws)
    #expect(sampler.timesteps.count == run.calls)
    #expect(abs(sampler.initialScale / run.initialDeviation - 1) < 1e-6)

    let noise = try fixtures.tensor("noise")
    var errors: [Int: Double] = [:]
    let final = try sampler.run(
      from: fixtures.tensor("latents"), predict: SamplerFixtures.standIn,
      stepNoise: { try noise[$0] },
      progress: { progress in
        if let expected = try? fixtures.tensor("\(run.name).after\(progress.done)") {
          errors[progress.done] = try? relativeError(progress.latents, expected)
        }
        return .continue
      })
    for (done, error) in errors.sorted(by: { $0.key < $1.key }) {
      #expect(error < Self.tolerance, "\(run) after \(done)")
    }
    let error = try relativeError(final, fixtures.tensor("\(run.name).final"))
    #expect(error < Self.tolerance, "\(run), \(String(decoding: json, as: UTF8.self))")
    #expect(final.dtype == .float32)
  }

  @Test(
    "under leading spacing diffusers' steps are the right ones", arguments: SamplerKind.allCases)
  func leading(_ kind: SamplerKind) throws {
    var configuration = SchedulerConfiguration.stableDiffusion
    configuration.timestepSpacing = .leading
    for steps in [1, 7, 20] {
      let results = try [false, true].map { matches in
        try finish(kind, configuration, steps: steps, matches: matches)
      }
      #expect(try results[0].isEqual(to: results[1]))
    }
  }

  @Test("under linspace spacing ddim's and pndm's steps differ from diffusers' unless they match")
  func linspace() throws {
    var configuration = SchedulerConfiguration.stableDiffusion
    configuration.timestepSpacing = .linspace
    for kind in [SamplerKind.ddim, .pndm] {
      let right = try finish(kind, configuration, steps: 20, matches: false)
      let diffusers = try finish(kind, configuration, steps: 20, matches: true)
      #expect(try relativeError(right, diffusers) > 1e-3)
    }
  }

  private func finish(
    _ kind: SamplerKind, _ configuration: SchedulerConfiguration, steps: Int, matches: Bool
  ) throws -> Tensor {
    let sampler = try kind.sampler(
      configuration: configuration, steps: steps, matchesDiffusersSteps: matches)
    let noise = try SamplerFixtures.samplers.tensor("noise")
    return try sampler.run(
      from: SamplerFixtures.samplers.tensor("latents"), predict: SamplerFixtures.standIn,
      stepNoise: { try noise[$0] })
  }
}
