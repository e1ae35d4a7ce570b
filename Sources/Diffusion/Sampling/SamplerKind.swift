/// The samplers, by the names that the command takes.
public enum SamplerKind: String, CaseIterable, Sendable {
  case ddim
  case pndm
  case euler
  case ancestralEuler = "euler-a"
  case dpmSolver = "dpm++2m"
  case dpmSolverKarras = "dpm++2m-karras"
  case ddpm

  /// Plans a run.
  ///
  /// Some of diffusers' steps do not end where the next one begins: DDIM and PNDM go back by
  /// ⌊N/steps⌋ timesteps whatever the spacing, and one step of linspace spacing starts at timestep
  /// 0. Under leading spacing that is right and makes no difference. Elsewhere steps here end where
  /// the next begins, unless `matchesDiffusersSteps`.
  ///
  /// - Parameters:
  ///   - configuration: the checkpoint's schedule; what it leaves open takes this sampler's
  ///     default.
  ///   - steps: 1…`configuration.trainTimesteps`.
  ///   - eta: DDIM's share of noise, 0 (none) … 1 (as much as DDPM); 0 for every other sampler.
  ///   - matchesDiffusersSteps: whether to take diffusers' steps also where they are known to be
  ///     wrong.
  /// - Throws: `SamplingError` for what this sampler cannot do.
  public func sampler(
    configuration: SchedulerConfiguration, steps: Int, eta: Double = 0,
    matchesDiffusersSteps: Bool = false
  ) throws -> any Sampler {
    guard (1...configuration.trainTimesteps).contains(steps) else {
      throw SamplingError.steps(steps, limit: configuration.trainTimesteps)
    }
    guard eta == 0 || (self == .ddim && (0...1).contains(eta)) else {
      throw SamplingError.eta(eta, sampler: rawValue)
    }
    let plan = SamplingPlan(
      configuration: configuration, schedule: NoiseSchedule(configuration), steps: steps,
      matchesDiffusersSteps: matchesDiffusersSteps)
    return switch self {
    case .ddim: try DDIM(plan, eta: eta)
    case .pndm: try PLMS(plan)
    case .euler: try Euler(plan)
    case .ancestralEuler: try EulerAncestral(plan)
    case .dpmSolver: try DPMSolver(plan, usesKarrasSigmas: configuration.usesKarrasSigmas)
    case .dpmSolverKarras: try DPMSolver(plan, usesKarrasSigmas: true)
    case .ddpm: try DDPM(plan)
    }
  }
}
