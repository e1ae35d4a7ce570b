internal import ArgumentParser

/// `raft-diffuse rerank`: what a run would have learned from under another reward or rule.
struct RerankCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rerank",
    abstract: "Select anew from a run's stored samples: other rewards, weights, K or rule.",
    discussion: """
      Nothing is generated, and the run is only read. What no option says is as the run's recipe has it; without any \
      reward option the run's own scores count. Scores and CLIP embeddings that the run kept are used wherever they \
      are of the same measure, so that another head on the same CLIP decodes no image. What the run refused for what it \
      shows (black, flat, copies) stays refused. --train trains a new run on the new selection, from the stored samples.
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String

  @OptionGroup(title: "Rewards") var reward: AlignRewardOptions

  @Option(
    help: ArgumentHelp(
      "What a reward counts, as in clip=0.5; negative to prefer low scores.",
      valueName: "name=number"))
  var weight: [String] = []

  @OptionGroup(title: "Selection") var selection: RerankSelectionOptions
  @OptionGroup(title: "Training") var training: RerankTrainingOptions

  @Option(help: ArgumentHelp("auto, cpu, cuda, cuda:N or mps.", valueName: "device"))
  var device = "auto"

  @Option(help: ArgumentHelp("Processor threads; all cores by default.", valueName: "n"))
  var threads: Int?

  @Flag(help: "Print the samples too: image, old and new key, old and new verdict.")
  var list = false

  @Flag(help: "Print one machine-readable object.")
  var json = false

  @Flag(help: "No progress, no notes and no warnings.")
  var quiet = false

  func validate() throws {
    try DeviceChoice.check(device: device, threads: threads)
    if !training.train, !reward.watch.isEmpty {
      throw ValidationError("--watch is for training: give it with --train, or leave it out.")
    }
    if training.train, selection.round != .all {
      throw ValidationError("--train learns from all rounds; leave --round out.")
    }
  }

  /// Whether images are scored anew.
  var scoresAnew: Bool { reward.areGiven || !weight.isEmpty }

  func run() throws {
    Interruption.listen()
    try RerankRun(self).run()
  }
}
