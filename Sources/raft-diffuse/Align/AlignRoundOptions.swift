internal import ArgumentParser

/// How many rounds, what each collects and keeps, and when to stop.
struct AlignRoundOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Rounds at most.", valueName: "n"))
  var rounds: Int?

  @Option(help: ArgumentHelp("Prompts of a round; all by default.", valueName: "n"))
  var promptsPerRound: Int?

  @Option(help: ArgumentHelp("Images of each prompt in a round, K.", valueName: "n"))
  var samplesPerPrompt: Int?

  @Option(
    help: ArgumentHelp(
      """
      What is learned from: best or best:n of each prompt, top:0.2 of all, local-top:8 (the best of each prompt, of those \
      8), threshold:x, percentile:90, prompt-percentile:90, passing:x, or random: and one of these.
      """, valueName: "rule"))
  var select: String?

  @Option(
    help: ArgumentHelp("Rank by reward − β·d, d being how far the model moved.", valueName: "x"))
  var beta: Double?

  @Flag(
    inversion: .prefixedNo, help: "Learn in each round from the best of all rounds so far, too.")
  var replay: Bool?

  @Flag(inversion: .prefixedNo, help: "Begin each round's training anew from the base.")
  var fromBase: Bool?

  @Option(
    help: ArgumentHelp(
      "Learn from the images of this folder instead of sampling, captioned as tune has them.",
      valueName: "dir"))
  var fromSamples: String?

  @Option(
    help: ArgumentHelp(
      "Learn from what this model samples instead of the one that learns.",
      valueName: "dir|file|hub-id"))
  var generator: String?

  @Option(
    help: ArgumentHelp(
      "Learn from what the model samples with this adapter.", valueName: "file"))
  var generatorLora: String?

  @Flag(
    inversion: .prefixedNo, help: "Run the control arm as well: random selection, all else equal.")
  var control: Bool?

  @Option(
    help: ArgumentHelp(
      "Stop after so many rounds without a better dev reward; 0 for never.", valueName: "n"))
  var patience: Int?

  @Option(help: ArgumentHelp("Stop after this time, such as 90s, 30m or 8h.", valueName: "time"))
  var budget: String?

  @Option(
    help: ArgumentHelp("Stop after so many samples to learn from.", valueName: "n"))
  var maxSamples: Int?
}
