import Diffusion
import Foundation
import TestSupport
import Testing

/// Against schedules.safetensors: torch's and numpy's own numbers.
struct NoiseScheduleTests {
  @Test("ᾱ is diffusers'", arguments: SchedulerConfiguration.BetaSchedule.allCases)
  func signal(_ kind: SchedulerConfiguration.BetaSchedule) throws {
    var configuration = SchedulerConfiguration.stableDiffusion
    configuration.betaSchedule = kind
    let expected = try SamplerFixtures.schedules.floats("signal.\(kind.rawValue)")
    let schedule = NoiseSchedule(configuration)
    #expect(relativeError(schedule.signal, expected) < 1e-7)
    let worst = zip(schedule.signal, expected).map { abs($0 - Double($1)) / Double($1) }.max()
    #expect(try #require(worst) < 1e-6)
  }

  @Test("ᾱ of Stable Diffusion 1.5 has its published values")
  func published() {
    let schedule = NoiseSchedule(.stableDiffusion)
    #expect(abs(schedule.signal[0] - 0.99914998) < 1e-8)
    #expect(abs(schedule.signal[500] - 0.27633256) < 1e-7)
    #expect(abs(schedule.signal[999] - 0.00466009) < 1e-8)
    #expect(abs(schedule.sigma(at: 999) - 14.614655) < 1e-5)
  }

  @Test("ᾱ falls and β rises", arguments: SchedulerConfiguration.BetaSchedule.allCases)
  func monotonic(_ kind: SchedulerConfiguration.BetaSchedule) {
    var configuration = SchedulerConfiguration.stableDiffusion
    configuration.betaSchedule = kind
    let schedule = NoiseSchedule(configuration)
    #expect(schedule.count == 1000)
    #expect(zip(schedule.signal, schedule.signal.dropFirst()).allSatisfy { $0 > $1 })
    #expect(zip(schedule.betas, schedule.betas.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test("trained betas stand in place of a schedule")
  func trainedBetas() {
    var configuration = SchedulerConfiguration()
    configuration.trainTimesteps = 3
    configuration.trainedBetas = [0.1, 0.2, 0.5]
    let signal = NoiseSchedule(configuration).signal
    #expect(relativeError(signal, [0.9, 0.72, 0.36]) < 1e-7)
  }

  /// All but one that asks for timestep 1000, where diffusers divides by zero.
  static let timestepLists = SamplerFixtures.schedules.names.filter {
    $0.hasPrefix("timesteps.") && $0 != "timesteps.dpm++2m.leading.999"
  }

  @Test("timesteps are diffusers'", arguments: Self.timestepLists)
  func timesteps(_ name: String) throws {
    let parts = name.split(separator: ".").map(String.init)
    let kind = try #require(SamplerKind(rawValue: parts[1]))
    var configuration = SchedulerConfiguration.stableDiffusion
    configuration.timestepSpacing = TimestepSpacing(rawValue: parts[2])
    let steps = try #require(Int(parts[3]))
    let sampler = try kind.sampler(
      configuration: configuration, steps: steps, matchesDiffusersSteps: true)
    let expected = try SamplerFixtures.schedules.floats(name)
    #expect(sampler.timesteps.map { Float($0) } == expected)
  }
}
