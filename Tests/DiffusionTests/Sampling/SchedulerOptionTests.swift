import Diffusion
import Foundation
import TestSupport
import Testing
import Torch

/// Whole runs against diffusers under the rarer keys of scheduler_config.json, and under the files
/// diffusers saves.
struct SchedulerOptionTests {
  struct Fixtures: Decodable, Sendable {
    let start: Start
    let runs: [Run]
  }

  struct Start: Decodable, Sendable {
    let latents: [Float]
    let noise: [Float]
  }

  struct Run: Decodable, Sendable, CustomStringConvertible {
    let sampler: String
    let name: String
    let steps: Int
    let draws: Int
    let initialDeviation: Double
    let timesteps: [Float]
    let final: [Float]
    let scheduler: String

    var description: String { "\(name), \(sampler), \(scheduler)" }
  }

  static let fixtures: Fixtures = {
    do {
      let file = SamplerFixtures.file("scheduler-options.json")
      return try JSONDecoder().decode(Fixtures.self, from: Data(contentsOf: file))
    } catch {
      preconditionFailure("scheduler-options.json cannot be read: \(error)")
    }
  }()

  @Test("a run under its scheduler file is diffusers'", arguments: Self.fixtures.runs)
  func run(_ run: Run) throws {
    let kind = try #require(SamplerKind(rawValue: run.sampler))
    let configuration = try SchedulerConfiguration(
      json: Data(run.scheduler.utf8), file: "scheduler_config.json")
    let sampler = try kind.sampler(
      configuration: configuration, steps: run.steps, matchesDiffusersSteps: true)
    #expect(relativeError(sampler.timesteps, run.timesteps) < 1e-6)
    #expect(abs(sampler.initialScale / run.initialDeviation - 1) < 1e-6)
    #expect(sampler.draws == run.draws)
    let noise = try Tensor(Self.fixtures.start.noise, shape: [16, 1, 4, 2, 2])
    let final = try sampler.run(
      from: Tensor(Self.fixtures.start.latents, shape: [1, 4, 2, 2]),
      predict: SamplerFixtures.standIn, stepNoise: { try noise[$0] })
    let expected = try Tensor(run.final, shape: [1, 4, 2, 2])
    #expect(try relativeError(final, expected) < SamplerRunTests.tolerance)
  }
}
