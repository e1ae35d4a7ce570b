internal import ArgumentParser

/// What is asked for in the three splits.
struct AlignPromptOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Prompts to learn from, one a line; # begins a comment line.", valueName: "file"))
  var prompts: String?

  @Option(
    help: ArgumentHelp(
      "Prompts that decide when to stop and which round is the best.", valueName: "file"))
  var devPrompts: String?

  @Option(help: ArgumentHelp("Prompts that are reported.", valueName: "file"))
  var testPrompts: String?

  @Option(help: ArgumentHelp("What images should not show.", valueName: "text"))
  var negative: String?

  @Option(help: ArgumentHelp("Where every random draw of the run comes from.", valueName: "n"))
  var seed: UInt64?
}
