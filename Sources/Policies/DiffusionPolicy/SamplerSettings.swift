public import Diffusion

/// How images are sampled.
public struct SamplerSettings: Sendable, Equatable {
  /// The sampler; nil for the checkpoint's own, or PNDM where it names none that is built here.
  public var kind: SamplerKind?

  /// Sampling steps, at least 1.
  public var steps: Int

  /// Strength of classifier-free guidance; 1 is none.
  public var guidance: Double

  /// DDIM's share of noise, 0…1; 0 for every other sampler.
  public var eta: Double

  /// 20 steps of the checkpoint's own sampler at guidance 7.5, without noise.
  public init(
    kind: SamplerKind? = nil, steps: Int = 20, guidance: Double = 7.5, eta: Double = 0
  ) {
    self.kind = kind
    self.steps = steps
    self.guidance = guidance
    self.eta = eta
  }

  /// The planned run under a model's schedule.
  ///
  /// - Throws: `SamplingError` for what the sampler cannot do.
  public func sampler(for scheduler: SchedulerConfiguration) throws -> any Sampler {
    try (kind ?? SamplerKind(of: scheduler) ?? .pndm)
      .sampler(configuration: scheduler, steps: steps, eta: eta)
  }
}
