public import ArgumentParser
internal import CLIPReward
internal import Diffusion
public import Imaging
internal import Torch

/// `raft-diffuse score`: numbers for images.
struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Score and rank images.",
    discussion: """
      Higher is better. Every score carries a passport, everything that it depends on, and scores of \
      different passports are never compared. Unreadable, black, flat and duplicate images are left out \
      with a reason, never scored 0.
      """)

  @Argument(
    help: ArgumentHelp(
      "PNG and JPEG files, folders, patterns such as '*.png', or - for a list on standard input.",
      valueName: "image"))
  var images: [String] = []

  @OptionGroup(title: "Rewards") var rewards: RewardOptions

  @Option(
    help: ArgumentHelp(
      "Take CLIP and head from this model's own raft-diffuse.yaml, where no option names them.",
      valueName: "dir|name|hub-id"))
  var model: String?

  @OptionGroup(title: "Prompts") var prompts: ScorePrompts

  @Flag(help: "Look into folders below folders too.")
  var recursive = false

  @Flag(help: "Score images whose pixels another image has too.")
  var keepDuplicates = false

  @Flag(help: "Score black images and images of one colour too.")
  var keepFlat = false

  @Option(
    help: """
      What becomes of transparency: drop shows the colours under it, as Pillow's convert("RGB") does; white \
      lays the image over white, as transformers 5 does. Rewards of other programs decode by themselves.
      """)
  var transparency: Transparency = .dropped

  @Option(
    help: "What the CLIP computes in. fp32 unless told otherwise: rankings hang on small gaps.")
  var precision: Precision = .fp32

  @Option(help: ArgumentHelp("auto, cpu, cuda, cuda:N or mps.", valueName: "device"))
  var device = "auto"

  @Option(help: ArgumentHelp("Processor threads; all cores by default.", valueName: "n"))
  var threads: Int?

  @Option(help: ArgumentHelp("Images read and embedded at once.", valueName: "n"))
  var batch = 16

  @OptionGroup(title: "Output") var output: ScoreOutput

  func validate() throws {
    guard (1...4096).contains(batch) else {
      throw ValidationError("--batch must lie in 1…4096.")
    }
    try DeviceChoice.check(device: device, threads: threads)
    if images.isEmpty {
      guard output.compared.count > 1 else {
        throw ValidationError("Give images to score, or two files of results with --compare.")
      }
      return
    }
    guard !rewards.texts.isEmpty || output.embeds else {
      throw ValidationError(
        "Say what scores the images with --reward: \(BuiltInReward.names).")
    }
    if rewards.texts.isEmpty, !output.compared.isEmpty {
      throw ValidationError("--compare needs a --reward.")
    }
  }

  func run() throws {
    guard !images.isEmpty else { return try ResultsComparison(output).run() }
    Interruption.listen()
    var command = self
    command.rewards = try rewards.completed(by: model)
    guard !output.embeds || command.rewards.clip != nil else {
      throw ValidationError("--save-embeddings and --save-pixels need a CLIP: name it with --clip.")
    }
    try ScoreRun(command).run()
  }

  /// The device that was asked for, or the best there is.
  func chosenDevice() throws -> Device {
    try DeviceChoice.chosen(device)
  }
}

extension Transparency: ExpressibleByArgument {}
