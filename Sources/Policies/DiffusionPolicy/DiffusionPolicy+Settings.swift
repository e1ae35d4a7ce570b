public import Diffusion

extension DiffusionPolicy {
  /// How a policy samples and learns.
  public struct Settings: Sendable, Equatable {
    /// How samples to learn from are made.
    public var collecting = SamplerSettings()

    /// Width of all images in pixels, a multiple of the VAE's scale (8).
    public var width = 512

    /// Height of all images in pixels, a multiple of the VAE's scale (8).
    public var height = 512

    /// What images should not show; heard only with guidance above 1.
    public var negativePrompt = ""

    /// How prompts become text states, in sampling and in learning.
    public var prompts = PromptOptions()

    /// How the adapter learns.
    public var tuning = TuningSettings()

    /// Defaults for everything.
    public init() {}

    /// The loss on what the collecting sampler sees; nil where the loss is not guidance-aware.
    var guidedLoss: GuidedLoss? {
      guard tuning.isGuidanceAware else { return nil }
      return GuidedLoss(
        guidance: Guidance(scale: collecting.guidance), negativePrompt: negativePrompt)
    }

    /// What the text-to-image loop is told.
    func textToImage(_ sampling: SamplerSettings) -> TextToImageOptions {
      var options = TextToImageOptions()
      options.width = width
      options.height = height
      options.guidance = sampling.guidance
      options.prompts = prompts
      return options
    }
  }
}
