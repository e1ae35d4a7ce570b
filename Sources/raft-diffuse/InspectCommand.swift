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

  /// Why this program's record cannot be read, where there is one that cannot.
  let recordError: String?
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

  enum CodingKeys: String, CodingKey {
    case file, width, height, record, parameters, texts
    case recordError = "record_error"
  }

  init(_ file: String) throws {
    self.file = file
    let image = try ImageFile.read(file)
    (width, height) = (image.width, image.height)
    let found = try PNG.texts(of: file)
    texts = Dictionary(found.map { ($0.keyword, $0.text) }, uniquingKeysWith: { first, _ in first })
    let parsed = texts[PNGText.recordKeyword].map { text in
      Result { try JSONValue(parsing: Array(text.utf8)) }
    }
    switch parsed {
    case nil: (record, recordError) = (nil, nil)
    case .success(let value): (record, recordError) = (value, nil)
    case .failure(let error): (record, recordError) = (nil, "\(error)")
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
        lines += Self.lines(member.key, member.value)
      }
    }
    if let recordError {
      lines.append("  the record of raft-diffuse is damaged: \(recordError)")
    }
    if let words = record?["command"]?.array {
      lines.append("  make it again: " + words.map(Self.quoted).joined(separator: " "))
    } else if record?["index_in_noise"] != nil {
      lines.append("  its noise came from a file, so its seed alone does not make it again")
    }
    for key in texts.keys.sorted()
    where key != PNGText.parametersKeyword && key != PNGText.recordKeyword {
      lines.append("  \(key): \(texts[key] ?? "")")
    }
    if lines.count == 1 { lines.append("  no text says how it was made") }
    return lines.map(Self.harmless).joined(separator: "\n")
  }

  /// A line for every value in `value`, each under its whole name, such as `reward.score`.
  private static func lines(_ name: String, _ value: JSONValue) -> [String] {
    switch value {
    case .object(let members): members.flatMap { lines("\(name).\($0.key)", $0.value) }
    case .array(let values) where values.contains(where: \.isObject):
      values.enumerated().flatMap { lines("\(name)[\($0)]", $1) }
    default: ["  \(name): \(value.text)"]
    }
  }

  /// A foreign text as a terminal may show it: line feeds stay, other controls and what turns the
  /// direction of writing are escaped.
  static func harmless(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars {
      let turns =
        (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
      if scalar != "\n", turns || scalar.properties.generalCategory == .control {
        shown += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        shown.unicodeScalars.append(scalar)
      }
    }
    return shown
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

extension JSONValue {
  fileprivate var isObject: Bool {
    if case .object = self { true } else { false }
  }
}
