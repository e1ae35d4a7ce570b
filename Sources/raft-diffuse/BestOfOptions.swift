internal import ArgumentParser

/// Which of a prompt's images are kept.
struct BestOfOptions: ParsableArguments {
  @Option(
    name: .customLong("best-of"),
    help: ArgumentHelp(
      "Make n images of each prompt and keep the best by --reward; z-scores and ranks are taken per prompt.",
      valueName: "n"))
  var count: Int?

  @Option(
    help: ArgumentHelp("How many of a prompt's images are kept; 1 by default.", valueName: "m"))
  var keep: Int?

  @Flag(help: "Write the images that are not kept too.")
  var keepAll = false

  @OptionGroup var rewards: RewardOptions

  func validate() throws {
    guard let count else {
      guard rewards.texts.isEmpty, keep == nil, !keepAll else {
        throw ValidationError("--reward, --keep and --keep-all need --best-of N.")
      }
      return
    }
    guard (1...10_000).contains(count) else {
      throw ValidationError("--best-of must lie in 1…10000.")
    }
    if let keep, !(1...count).contains(keep) {
      throw ValidationError("--keep must lie in 1…\(count), what --best-of makes.")
    }
    guard !rewards.texts.isEmpty else {
      throw ValidationError("--best-of needs something to judge by: name it with --reward.")
    }
  }
}
