internal import ArgumentParser

/// What is compared with what.
struct CompareArmOptions: ParsableArguments {
  @Option(
    name: .customLong("lora"),
    help: ArgumentHelp(
      """
      An adapter, and how much of it (1 by default): an arm beside the model alone. May be given more than once; \
      NAME=… names the arm.
      """, valueName: "[name=]file[:scale]"))
  var adapters: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      A run of align, whose checkpoints are the arms. Its recipe says model, sampling, test prompts and reward, as \
      far as no option does.
      """, valueName: "dir"))
  var run: String?

  @Flag(
    help: """
      Compare the test images that the run itself made (base, best round, control arm) instead of making any.
      """)
  var testImages = false

  @Option(
    help: ArgumentHelp(
      "Which of the run's rounds: numbers and best, by commas.", valueName: "list"))
  var rounds = "best"

  @Option(
    name: .customLong("scale"),
    help: ArgumentHelp("How much of each of the run's adapters, by commas.", valueName: "list"))
  var scales = "1"

  @Option(
    name: .customLong("images"), parsing: .upToNextOption,
    help: ArgumentHelp(
      """
      Folders of images made elsewhere instead: the first is the base. Images are paired by the prompt and seed \
      that their PNGs tell, or else by file name.
      """, valueName: "[name=]dir"))
  var folders: [String] = []

  @OptionGroup var partial: PartialAdapterOptions

  /// Refuses what does not go together.
  ///
  /// - Parameters:
  ///   - hasModel: whether there is a `--model`.
  ///   - hasPrompts: whether there are prompts.
  func check(hasModel: Bool, hasPrompts: Bool) throws {
    let given = (adapters.isEmpty ? 0 : 1) + (run == nil ? 0 : 1) + (folders.isEmpty ? 0 : 1)
    guard given == 1 else {
      throw ValidationError(
        given == 0
          ? "Say what is compared: --lora FILE …, --run RUN or --images DIR DIR …."
          : "Give one of --lora, --run and --images.")
    }
    if testImages {
      guard run != nil else {
        throw ValidationError("--test-images are a run's: name it with --run.")
      }
      guard !hasModel, !hasPrompts else {
        throw ValidationError("--test-images are there already: leave out --model and prompts.")
      }
    }
    if !folders.isEmpty {
      guard folders.count > 1 else {
        throw ValidationError("--images compares folders: give two or more, the base first.")
      }
      guard !hasModel, !hasPrompts else {
        throw ValidationError("--images are there already: leave out --model and prompts.")
      }
    }
    for text in adapters { _ = try AdapterChoice(parsing: CompareArm.split(text).rest) }
    guard run == nil else {
      _ = try (chosenRounds(), chosenScales())
      return
    }
    guard !adapters.isEmpty else { return }
    guard hasModel else { throw ValidationError("--lora needs the model that it is for: --model.") }
    guard hasPrompts else {
      throw ValidationError("Give a prompt with --prompt, or a file of them with --prompts.")
    }
  }

  /// A checkpoint of a run.
  enum Round: Equatable {
    case number(Int)
    case best
  }

  /// What `--rounds` lists.
  func chosenRounds() throws -> [Round] {
    try Self.list(rounds) { text in
      if text == "best" { return .best }
      guard let number = Int(text), number > 0 else {
        throw ValidationError(
          "--rounds \(rounds): “\(text)” is no round; write numbers from 1 and best, as in 2,5,best."
        )
      }
      return .number(number)
    }
  }

  /// What `--scale` lists.
  func chosenScales() throws -> [Double] {
    try Self.list(scales) { text in
      guard let scale = Double(text), scale.isFinite else {
        throw ValidationError(
          "--scale \(scales): “\(text)” is no scale; write numbers, as in 0.5,1.")
      }
      return scale
    }
  }

  private static func list<Value>(_ text: String, _ read: (String) throws -> Value) throws
    -> [Value]
  {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { try read(String($0)) }
  }
}
