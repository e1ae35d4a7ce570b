internal import ArgumentParser
internal import Files
internal import Foundation
internal import Imaging

/// `raft-diffuse inspect`: how an image was made.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show how an image was made, as its PNG's own text says.",
    discussion: "Reads this program's record, A1111's parameters, and whatever other text there is."
  )

  @Argument(help: ArgumentHelp("PNG files.", valueName: "image"))
  var images: [String]

  @Flag(help: "Print one machine-readable object an image, each on its line.")
  var json = false

  func run() throws {
    for (i, image) in images.enumerated() {
      let report = try ImageReport(image)
      if json {
        try Console.json(report)
      } else {
        if i > 0 { try Console.result("") }
        try Console.result(report.text)
      }
    }
  }
}

/// What an image's file says about it.
struct ImageReport: Encodable {
  let file: String
  let width: Int
  let height: Int
  let record: JSONValue?
  let parameters: Parameters?
  let texts: [String: String]

  /// A1111's text, taken apart.
  struct Parameters: Encodable {
    let prompt: String
    let negativePrompt: String
    let settings: [String: String]

    enum CodingKeys: String, CodingKey {
      case prompt, settings
      case negativePrompt = "negative_prompt"
    }
  }

  init(_ file: String) throws {
    self.file = file
    let image = try ImageFile.read(file)
    (width, height) = (image.width, image.height)
    let found = try PNG.texts(of: file)
    texts = Dictionary(found.map { ($0.keyword, $0.text) }, uniquingKeysWith: { first, _ in first })
    record = texts[PNGText.recordKeyword].flatMap {
      try? JSONValue(parsing: Array($0.utf8))
    }
    parameters = texts[PNGText.parametersKeyword].map {
      let parsed = GenerationParameters($0)
      return Parameters(
        prompt: parsed.prompt, negativePrompt: parsed.negativePrompt,
        settings: Dictionary(
          parsed.settings.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last }))
    }
  }

  /// The report for people.
  var text: String {
    var lines = ["\(file)  \(width)x\(height)"]
    if let text = texts[PNGText.parametersKeyword] {
      lines += text.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
    }
    if case .object(let members)? = record {
      for member in members.sorted(by: { $0.key < $1.key }) where member.key != "command" {
        lines.append("  \(member.key): \(member.value.text)")
      }
    }
    if let words = record?["command"]?.array {
      lines.append("  make it again: " + words.map(Self.quoted).joined(separator: " "))
    }
    for key in texts.keys.sorted()
    where key != PNGText.parametersKeyword && key != PNGText.recordKeyword {
      lines.append("  \(key): \(texts[key] ?? "")")
    }
    if lines.count == 1 { lines.append("  no text says how it was made") }
    return lines.joined(separator: "\n")
  }

  /// A word as a shell takes it.
  private static func quoted(_ word: JSONValue) -> String {
    guard let text = word.string else { return word.text }
    let isPlain = text.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:=+,%@".contains($0))
    }
    return isPlain && !text.isEmpty
      ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
