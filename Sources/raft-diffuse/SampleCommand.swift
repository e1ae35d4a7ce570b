internal import ArgumentParser
internal import Diffusion

/// `raft-diffuse sample`: images from text.
struct SampleCommand: ParsableCommand {
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
  @OptionGroup(title: "Output") var output: SampleOutput

  @Option(
    help: ArgumentHelp(
      "Images made at once; by default what fits the free memory and fills the processor.",
      valueName: "n"))
  var batch: Int?

  func validate() throws {
    if let batch, batch < 1 { throw ValidationError("--batch must be at least 1.") }
    if let name = output.grid?.split(separator: "/").last, name.contains("."),
      !name.lowercased().hasSuffix(".png")
    {
      throw ValidationError("--grid writes a PNG: name the file .png.")
    }
  }

  func run() throws {
    Interruption.listen()
    let (result, failure) = try SampleRun(self).run()
    if output.json {
      try Console.json(result)
    } else {
      for image in result.images { try Console.result(image.path) }
    }
    if let failure { throw failure }
  }
}
