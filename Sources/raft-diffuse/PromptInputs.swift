internal import ArgumentParser
internal import Diffusion
internal import Foundation
internal import Recipes

/// What the images should show, and from which seeds.
struct PromptInputs: ParsableArguments {
  @Option(
    name: .customLong("prompt"),
    help: ArgumentHelp(
      "What the image should show; may be repeated. Write --prompt=TEXT if it begins with -.",
      valueName: "text"))
  var texts: [String] = []

  @Option(
    name: .customLong("prompts"),
    help: ArgumentHelp("A file with one prompt a line; # begins a comment line.", valueName: "file")
  )
  var file: String?

  @Option(help: ArgumentHelp("What the images should not show.", valueName: "text"))
  var negative = ""

  @Option(
    help: ArgumentHelp(
      "Seed of a prompt's first image, 0…4294967295; the next ones count up. Drawn and reported if absent.",
      valueName: "n"))
  var seed: UInt32?

  @Option(help: ArgumentHelp("Images of each prompt.", valueName: "k"))
  var imagesPerPrompt = 1

  func validate() throws {
    guard !texts.isEmpty || file != nil else {
      throw ValidationError("Give a prompt with --prompt, or a file of them with --prompts.")
    }
    guard (1...10_000).contains(imagesPerPrompt) else {
      throw ValidationError("--images-per-prompt must lie in 1…10000.")
    }
    if let seed, UInt64(seed) + UInt64(imagesPerPrompt) > 1 << 32 {
      throw ValidationError("--seed plus --images-per-prompt must stay below 2³².")
    }
  }

  /// All prompts, in order: those of the command line, then those of the file.
  func prompts() throws -> [String] {
    guard let file else { return texts }
    return try texts + Self.prompts(in: file)
  }

  /// The prompts of a file, one a line.
  static func prompts(in file: String) throws -> [String] {
    try PromptFile.lines(of: PromptFile.text(file), named: file)
  }

  /// One request an image, a prompt's images side by side.
  func requests() throws -> [ImageRequest] {
    let first = UInt64(seed ?? .random(in: 0...(.max - UInt32(imagesPerPrompt))))
    return try prompts().flatMap { prompt in
      (0..<imagesPerPrompt).map {
        ImageRequest(prompt: prompt, negativePrompt: negative, seed: first + UInt64($0))
      }
    }
  }
}
