internal import ArgumentParser
internal import Files
internal import Foundation

/// What all measurements are asked for.
struct MeasureOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A dual encoder in the layout of transformers.", valueName: "folder"))
  var clip: String

  @Option(help: "How many scenes.")
  var count = 1000

  @Option(help: "Side of the pictures, in pixels.")
  var size = 128

  @Option(help: "What the scenes follow from; training uses other streams, whatever its seed.")
  var seed: UInt64 = 1

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard (1...100_000).contains(count) else {
      throw ValidationError("--count must lie in 1…100000.")
    }
    guard (8...2048).contains(size) else { throw ValidationError("--size must lie in 8…2048.") }
  }

  /// Prints figures: a line for each, or an object.
  func show(_ figures: [Figures.Line]) throws {
    guard !json else {
      let members = figures.map { ($0.key, $0.value.map(JSONValue.number) ?? .null) }
      let object = JSONValue(Dictionary(members) { first, _ in first })
      return try FileHandle.standardOutput.write(contentsOf: object.fileContents)
    }
    let width = figures.map(\.name.count).max() ?? 0
    for line in figures {
      let name = line.name + String(repeating: " ", count: width - line.name.count)
      let value = line.value.map { String(format: "%7.3f", $0) } ?? "      –"
      print(name, value, line.target.map { "(wanted: \($0))" } ?? "")
    }
  }
}

/// What a measurement found.
struct Figures {
  /// One number.
  struct Line: Equatable {
    /// What it is called in JSON.
    let key: String
    /// What people read.
    let name: String
    /// The number; nil where there was nothing to measure it on.
    let value: Double?
    /// The least that it should be; nil where nothing is asked.
    var target: Double?
  }
}
