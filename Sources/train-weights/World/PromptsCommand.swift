internal import ArgumentParser
internal import Files
internal import Foundation
internal import Shapes

/// Writes the prompt files that alignment in the world of shapes works with.
struct PromptsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prompts",
    abstract: "Writes prompts of the world of shapes to train on, to decide by and to report on.",
    discussion: """
      Six files: resolution-{train,dev,test}.txt, single solid figures, and \
      alignment-{train,dev,test}.txt, styled figures and pairs. No prompt is in two files of a kind.
      """)

  @Option(help: ArgumentHelp("The folder for the files; it is made.", valueName: "folder"))
  var out: String

  @Option(help: "What the prompts follow from.")
  var seed: UInt64 = 0

  @Flag(help: "Replace files that exist.")
  var force = false

  func run() throws {
    let files =
      kind("resolution", .resolution(seed: seed)) + kind("alignment", .alignment(seed: seed))
    for (path, _) in files { try OutputFile.check(path, force: force) }
    try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
    for (path, text) in files { try AtomicFile.write(Data(text.utf8), to: path) }
  }

  /// The paths and texts of the three files of one kind.
  private func kind(_ kind: String, _ splits: WorldPrompts) -> [(path: String, text: String)] {
    let uses = [
      ("train", "train on", splits.train), ("dev", "decide by", splits.dev),
      ("test", "report on", splits.test),
    ]
    return uses.map { name, use, prompts in
      let head = "# Prompts to \(use), made by `train-weights prompts --seed \(seed)`."
      let text = ([head] + prompts).joined(separator: "\n") + "\n"
      return (path: "\(out)/\(kind)-\(name).txt", text: text)
    }
  }
}
