internal import ArgumentParser
internal import Files
internal import Foundation
internal import Imaging
internal import Shapes

/// Judges pictures, as a reward that raft-diffuse asks (docs/rewards.md) or for people.
struct OracleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "oracle",
    abstract: "Says whether pictures show the shapes that their prompts ask for.",
    discussion: """
      Without --explain it answers raft-diffuse: \
      raft-diffuse score --reward 'oracle=command:train-weights oracle' … A picture that shows \
      exactly what its prompt asks for scores 1, any other 0. It is there to measure, not to train \
      by.
      """)

  @Flag(help: "Print a line for each image instead: right, or what is wrong.")
  var explain = false

  @Option(
    help: ArgumentHelp(
      "With --explain: a file with a prompt a line, one for each image in their order or one for all.",
      valueName: "file"))
  var prompts: String?

  @Argument(help: ArgumentHelp("With --explain: PNG or JPEG files.", valueName: "images"))
  var images: [String] = []

  func validate() throws {
    guard explain == !images.isEmpty, explain == (prompts != nil) else {
      throw ValidationError(
        "Give --explain, images and --prompts together, or none of them to answer raft-diffuse.")
    }
  }

  func run() throws {
    let oracle = Oracle()
    guard let prompts else { return try answer(oracle) }
    let texts = try Self.lines(of: prompts)
    guard texts.count == 1 || texts.count == images.count else {
      throw ValidationError(
        "\(prompts) has \(texts.count) prompts for \(images.count) images; write one for all, or "
          + "one for each.")
    }
    for (index, path) in images.enumerated() {
      let request = try Request(parsing: texts.count == 1 ? texts[0] : texts[index])
      let verdict = oracle.verdict(on: try ImageFile.read(path), asked: request)
      print("\(path): \(verdict)")
    }
  }

  /// Answers each line of standard input with a line of standard output.
  private func answer(_ oracle: Oracle) throws {
    let output = FileHandle.standardOutput
    while let line = readLine() {
      guard !line.isEmpty else { continue }
      let answer = OracleAnswer(to: line, from: oracle)
      try output.write(contentsOf: answer.line())
    }
  }

  /// The prompts of a file; `#` begins a comment line.
  private static func lines(of path: String) throws -> [String] {
    String(decoding: try WholeFile.bytes(of: path, limit: 1 << 24), as: UTF8.self)
      .split(whereSeparator: \.isNewline).map(String.init)
      .filter { !$0.hasPrefix("#") }
  }
}
