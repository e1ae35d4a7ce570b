internal import ArgumentParser

/// `raft-diffuse align`: reward-ranked fine-tuning, from prompts to an adapter worth keeping.
struct AlignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "align",
    abstract: "Fine-tune an adapter on the best of what the model itself samples.",
    discussion: """
      Each round samples images of every prompt, scores them, keeps the best and trains a LoRA adapter on them. A recipe \
      says how; every option below overrides it. What is finished is never made again: a run that was stopped or killed \
      goes on with --resume. Without --model and --recipe the model that comes with the program is aligned, as its \
      own raft-diffuse.yaml says.
      """)

  @OptionGroup(title: "Run") var output: AlignOutput
  @OptionGroup(title: "Model") var model: AlignModelOptions
  @OptionGroup(title: "Prompts") var prompts: AlignPromptOptions
  @OptionGroup(title: "Reward") var reward: AlignRewardOptions
  @OptionGroup(title: "Rounds") var rounds: AlignRoundOptions
  @OptionGroup(title: "Sampling") var sampling: AlignSamplingOptions
  @OptionGroup(title: "Adapter") var adapter: AlignAdapterOptions
  @OptionGroup(title: "Training") var training: AlignTrainingOptions

  func run() throws {
    Interruption.listen()
    try AlignRun(self).run()
  }
}
