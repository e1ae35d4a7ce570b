internal import ArgumentParser
internal import Diffusion

/// How images are sampled.
struct SamplingOptions: ParsableArguments {
  @Option(help: "The sampler; by default the checkpoint's own.")
  var sampler: SamplerKind?

  @Option(help: ArgumentHelp("Sampling steps.", valueName: "n"))
  var steps = 50

  @Option(
    help: ArgumentHelp("Strength of classifier-free guidance; 1 is none.", valueName: "x"))
  var guidance = 7.5

  @Option(help: ArgumentHelp("Share of noise in ddim's steps, 0…1.", valueName: "x"))
  var eta = 0.0

  @Option(
    help: ArgumentHelp("Size in pixels, N or WxH, multiples of 8 up to 16384.", valueName: "size"))
  var res = ImageSize(width: 512, height: 512)

  @Option(help: "Which timesteps are visited; by default what the checkpoint or the sampler says.")
  var spacing: TimestepSpacing?

  @Option(help: "What the network predicts; by default what the checkpoint says.")
  var prediction: PredictionType?

  @Flag(
    name: .customLong("match-diffusers-steps"),
    help: "Take diffusers' steps also where they are known to be wrong (see README.md).")
  var matchesDiffusersSteps = false

  @Option(
    help: ArgumentHelp(
      "Where the text encoder is left, as A1111 counts: 1 at its end.", valueName: "n"))
  var clipSkip = 1

  @Flag(help: "Read (word:1.3) in prompts as weights, as A1111 does.")
  var emphasis = false

  @Flag(help: "Send prompts that are too long for the text encoder through it in chunks.")
  var longPrompts = false

  func validate() throws {
    guard guidance.isFinite, guidance >= 0 else {
      throw ValidationError("--guidance must be a number from 0 up.")
    }
    guard (0...1).contains(eta) else { throw ValidationError("--eta must lie in 0…1.") }
    guard steps >= 1 else { throw ValidationError("--steps must be at least 1.") }
    guard clipSkip >= 1 else { throw ValidationError("--clip-skip must be at least 1.") }
  }

  /// The sampler that was asked for, or the checkpoint's own.
  func kind(_ scheduler: SchedulerConfiguration) -> SamplerKind {
    sampler ?? SamplerKind(of: scheduler) ?? .pndm
  }

  /// What to say where the checkpoint's own sampler was wanted and another one is taken; nil where
  /// it is the one.
  func substitution(_ scheduler: SchedulerConfiguration) -> String? {
    guard sampler == nil else { return nil }
    guard let own = SamplerKind(of: scheduler) else {
      let name = scheduler.className ?? "no scheduler"
      return "the model names \(name), which is not built here; sampling with pndm "
        + "(--sampler chooses another)"
    }
    guard own == .dpmSolver, scheduler.solverAlgorithm != "dpmsolver++" else { return nil }
    return
      "the model asks for DPM-Solver's algorithm \(scheduler.solverAlgorithm), which is not built "
      + "here; sampling with dpm++2m, which is deterministic (--sampler chooses another)"
  }

  /// The planned run under a model's schedule.
  func plan(_ scheduler: SchedulerConfiguration) throws -> any Sampler {
    var configuration = scheduler
    if let spacing { configuration.timestepSpacing = spacing }
    if let prediction { configuration.predictionType = prediction }
    return try kind(scheduler).sampler(
      configuration: configuration, steps: steps, eta: eta,
      matchesDiffusersSteps: matchesDiffusersSteps)
  }

  /// What the text-to-image loop is told.
  var textToImage: TextToImageOptions {
    var options = TextToImageOptions()
    options.width = res.width
    options.height = res.height
    options.guidance = guidance
    options.prompts = PromptOptions(
      clipSkip: clipSkip, usesEmphasis: emphasis, usesChunks: longPrompts)
    return options
  }
}
