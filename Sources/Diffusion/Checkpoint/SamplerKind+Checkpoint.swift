extension SamplerKind {
  /// The sampler that a checkpoint names in its `scheduler_config.json`; nil where it names none
  /// that is built here.
  public init?(of scheduler: SchedulerConfiguration) {
    switch scheduler.className {
    case "DDIMScheduler": self = .ddim
    case "PNDMScheduler": self = .pndm
    case "EulerDiscreteScheduler": self = .euler
    case "EulerAncestralDiscreteScheduler": self = .ancestralEuler
    case "DPMSolverMultistepScheduler": self = .dpmSolver
    case "DDPMScheduler": self = .ddpm
    default: return nil
    }
  }
}
