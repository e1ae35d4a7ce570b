internal import ArgumentParser

/// `raft-diffuse tune`: fine-tunes an adapter on given examples.
struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Fine-tune an adapter on latents or images.",
    discussion: """
      The model itself never changes. A training that was stopped goes on with --resume as if nothing had happened.
      """)

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Examples") var examples: ExampleOptions
  @OptionGroup(title: "Adapter") var adapter: AdapterPlanOptions
  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup(title: "Output") var output: TuneOutput

  @Option(
    help: ArgumentHelp(
      """
      Take these instead of drawing: safetensors with noise [steps, B, 4, h, w], timesteps [steps, B] and, if you like, indices \
      [steps, B].
      """, valueName: "file"))
  var given: String?

  @Option(
    help: ArgumentHelp(
      "Write the gradients of the first step, before clipping, by factor.", valueName: "file"))
  var saveGradients: String?

  func run() throws {
    Interruption.listen()
    try TuneRun(self).run()
  }
}
