internal import ArgumentParser
internal import CLIPReward
internal import Diffusion

/// `raft-diffuse compare`: adapters side by side, over the same prompts and seeds.
struct CompareCommand: PartialAdapterCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare adapters, or folders of images, by rewards: paired, with intervals.",
    discussion: """
      Every arm makes the same prompts from the same seeds, the model alone among them, and every --reward is a \
      metric. Differences are paired; intervals (bootstrap-t) and p values (sign flips, adjusted by Holm over arms \
      and metrics) stand on prompts' means, so that more prompts tell more than more seeds. Writes images, grid.png, \
      compare.json and compare.html into --out; the same call again goes on where it was stopped.
      """)

  @OptionGroup(title: "Arms") var arms: CompareArmOptions
  @OptionGroup(title: "Model") var model: OptionalModelOptions
  @OptionGroup(title: "Prompts and seeds") var prompts: ComparePrompts
  @OptionGroup(title: "Sampling") var sampling: SamplingOptions
  @OptionGroup(title: "Rewards") var rewards: RewardOptions
  @OptionGroup(title: "Output") var output: CompareOutput

  @Option(
    help: ArgumentHelp(
      "Images made at once; by default what fits the free memory and fills the processor.",
      valueName: "n"))
  var batch: Int?

  @Option(
    name: .customLong("effect"),
    help: ArgumentHelp(
      """
      The mean difference worth finding, for all metrics or one: prompts and seeds that it takes are told. By \
      default the one that is found.
      """, valueName: "[name=]x"))
  var effects: [CompareEffect] = []

  var partialAdapters: PartialAdapterOptions { arms.partial }

  func validate() throws {
    if let batch, batch < 1 { throw ValidationError("--batch must be at least 1.") }
    try arms.check(hasModel: model.model != nil, hasPrompts: prompts.areGiven)
    if arms.run == nil { try checkMetrics() }
  }

  /// Refuses metrics that there are none of, or none at all.
  func checkMetrics() throws {
    guard !rewards.texts.isEmpty else {
      throw ValidationError(
        "Say what the arms are compared by with --reward: \(BuiltInReward.names).")
    }
    let names = try rewards.plan().terms.map(\.name)
    for case .some(let name) in effects.map(\.metric) where !names.contains(name) {
      throw ValidationError(
        "--effect \(name)=… names no --reward; there is \(names.joined(separator: ", ")).")
    }
  }

  func run() throws {
    Interruption.listen()
    let flags = CommandLine.arguments.filter { $0.hasPrefix("--") }
    let given = Set(flags.map { String($0.prefix { $0 != "=" }) })
    try CompareRun(resolved(given: given)).run()
  }
}
