internal import ArgumentParser
internal import Diffusion

/// How images are sampled: those to learn from, and those that decide and report.
struct AlignSamplingOptions: ParsableArguments {
  @Option(help: "The sampler of images to learn from; by default the checkpoint's own.")
  var sampler: SamplerKind?

  @Option(help: ArgumentHelp("Its steps.", valueName: "n"))
  var steps: Int?

  @Option(help: ArgumentHelp("Its strength of classifier-free guidance.", valueName: "x"))
  var guidance: Double?

  @Option(help: ArgumentHelp("Share of noise in ddim's steps, 0…1.", valueName: "x"))
  var eta: Double?

  @Option(help: "The sampler of images that decide and report.")
  var evalSampler: SamplerKind?

  @Option(help: ArgumentHelp("Its steps.", valueName: "n"))
  var evalSteps: Int?

  @Option(help: ArgumentHelp("Its strength of classifier-free guidance.", valueName: "x"))
  var evalGuidance: Double?

  @Option(help: ArgumentHelp("Images of each dev prompt.", valueName: "n"))
  var devImages: Int?

  @Option(help: ArgumentHelp("Images of each test prompt.", valueName: "n"))
  var testImages: Int?
}
