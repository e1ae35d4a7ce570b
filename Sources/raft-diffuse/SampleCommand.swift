internal import ArgumentParser
internal import Diffusion

/// `raft-diffuse sample`: images from text.
struct SampleCommand: PartialAdapterCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Make images from prompts.",
    discussion: """
      Each image has a seed of its own and can be made again alone; its PNG says how (raft-diffuse inspect).
      """)

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Adapters") var adapters: AdapterOptions
  @OptionGroup(title: "Prompts") var prompts: PromptInputs
  @OptionGroup(title: "Sampling") var sampling: SamplingOptions
  @OptionGroup(title: "Noise from files") var noise: GivenNoiseOptions
  @OptionGroup(title: "Best of n") var bestOf: BestOfOptions
  @OptionGroup(title: "Output") var output: SampleOutput

  @Option(
    help: ArgumentHelp(
      "Images made at once; by default what fits the free memory and fills the processor.",
      valueName: "n"))
  var batch: Int?

  var partialAdapters: PartialAdapterOptions { adapters.partial }

  func validate() throws {
    if let count = bestOf.count { try validateBestOf(count) }
    if let batch, batch < 1 { throw ValidationError("--batch must be at least 1.") }
    if let name = output.grid?.split(separator: "/").last, name.contains("."),
      !name.lowercased().hasSuffix(".png")
    {
      throw ValidationError("--grid writes a PNG: name the file .png.")
    }
  }

  /// What `--best-of` does not go with.
  private func validateBestOf(_ count: Int) throws {
    guard prompts.imagesPerPrompt == 1 else {
      throw ValidationError(
        "--best-of N makes N images of each prompt; leave out --images-per-prompt.")
    }
    guard output.saveLatents == nil else {
      throw ValidationError("--save-latents saves every image's; it does not go with --best-of.")
    }
    if let seed = prompts.seed, UInt64(seed) + UInt64(count) > 1 << 32 {
      throw ValidationError("--seed plus --best-of must stay below 2³².")
    }
  }

  func run() throws {
    Interruption.listen()
    var command = self
    if let count = bestOf.count { command.prompts.imagesPerPrompt = count }
    let (result, failure) = try SampleRun(command).run()
    if output.json {
      try Console.json(result)
    } else if let bestOf = result.bestOf {
      for line in bestOf.table { try Console.result(line) }
    } else {
      for image in result.images { try Console.result(image.path) }
    }
    if let failure { throw failure }
  }
}
