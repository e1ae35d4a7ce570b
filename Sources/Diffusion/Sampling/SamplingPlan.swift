/// What every sampler is planned from.
struct SamplingPlan {
  let configuration: SchedulerConfiguration
  let schedule: NoiseSchedule
  let steps: Int
  let matchesDiffusersSteps: Bool

  /// How many timesteps diffusers goes back at every step: ⌊N/steps⌋.
  var stride: Int { schedule.count / steps }

  /// The run's integer timesteps, descending.
  func timesteps() throws -> [Int] {
    let spacing = configuration.timestepSpacing ?? .leading
    let values = spacing.timesteps(
      steps, of: schedule.count, offset: configuration.stepsOffset,
      matchesDiffusers: matchesDiffusersSteps)
    return try values.map { value in
      let timestep = Int(value.rounded(.toNearestOrEven))
      guard timestep < schedule.count else {
        throw SamplingError.timestep(
          timestep, count: schedule.count, steps: steps, offset: configuration.stepsOffset)
      }
      return timestep
    }
  }
}

/// One step's signal levels: ᾱ where it begins and where it ends.
struct Transition: Equatable {
  let now: Double
  let next: Double
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

  /// ᾱ where the step from `visited[index]` ends: at the next timestep, or ⌊N/steps⌋ further on as
  /// in diffusers.
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
