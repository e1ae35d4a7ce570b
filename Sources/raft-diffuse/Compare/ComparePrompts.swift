internal import ArgumentParser
internal import Diffusion

/// What every arm makes, and from which seeds.
struct ComparePrompts: ParsableArguments {
  @Option(
    name: .customLong("prompt"),
    help: ArgumentHelp(
      "What the images should show; may be repeated. Write --prompt=TEXT if it begins with -.",
      valueName: "text"))
  var texts: [String] = []

  @Option(
    name: .customLong("prompts"),
    help: ArgumentHelp(
      "A file with one prompt a line; # begins a comment line. Intervals need 8 prompts or more.",
      valueName: "file"))
  var file: String?

  @Option(help: ArgumentHelp("What the images should not show.", valueName: "text"))
  var negative = ""

  @Option(help: ArgumentHelp("Seeds of each prompt.", valueName: "n"))
  var seeds = 4

  @Option(
    help: ArgumentHelp(
      "The first seed, 0…4294967295; the next ones count up, over all prompts.", valueName: "n"))
  var seed: UInt32 = 0

  func validate() throws {
    guard (1...10_000).contains(seeds) else {
      throw ValidationError("--seeds must lie in 1…10000.")
    }
    guard UInt64(seed) + UInt64(seeds) <= 1 << 32 else {
      throw ValidationError("--seed plus --seeds must stay below 2³².")
    }
  }

  /// Whether there are prompts.
  var areGiven: Bool { !texts.isEmpty || file != nil }

  /// Every prompt once, those of the command line first, and how many came again.
  func prompts() throws -> (distinct: [String], repeated: Int) {
    let all = try texts + (file.map { try PromptInputs.prompts(in: $0) } ?? [])
    var seen: Set<String> = []
    let distinct = all.filter { seen.insert($0).inserted }
    return (distinct, all.count - distinct.count)
  }

  /// One request an image, a prompt's images side by side.
  ///
  /// No two prompts share a seed: what is said of prompts stands on their being independent, and
  /// noise that is good for one is often good for another.
  func requests(for prompts: [String]) -> [ImageRequest] {
    prompts.enumerated().flatMap { place, prompt in
      (0..<seeds).map { index in
        let seed = UInt64(seed) + UInt64(place * seeds + index)
        return ImageRequest(
          prompt: prompt, negativePrompt: negative, seed: seed & 0xFFFF_FFFF)
      }
    }
  }
}
