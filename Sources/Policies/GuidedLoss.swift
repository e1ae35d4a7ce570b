public import Diffusion

/// Learning on what a guided sampler will see: the loss is on `w·ε_c + (1−w)·ε_u`, with gradients
/// through both branches.
///
/// Fine-tuning ε_c alone leaves guidance miscalibrated; over rounds of filtered fine-tuning the
/// model then deteriorates (Black et al., arXiv 2305.13301, appendix E.1).
public struct GuidedLoss: Sendable, Equatable {
  /// w; no guidance at 1 and below, as in sampling.
  public let guidance: Guidance

  /// What ε_u is the prediction for.
  public let negativePrompt: String

  /// Guidance as the sampler has it.
  public init(guidance: Guidance, negativePrompt: String = "") {
    self.guidance = guidance
    self.negativePrompt = negativePrompt
  }
}
