internal import Foundation

/// Where the command prints: results on standard output, all else on standard error.
enum Console {
  /// Prints a line of results.
  static func result(_ line: String) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
    } catch {
      throw CommandError(
        status: .inputOutput,
        description: "standard output cannot be written; is it closed, or its disk full?")
    }
  }

  /// Prints a line for people.
  static func note(_ line: String) { redraw(line + "\n") }

  /// Prints `text` for people as it is. Where nobody can be told, nobody is.
  static func redraw(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// Prints a warning for people.
  static func warning(_ text: String) { note("warning: \(text)") }

  /// Prints why the command ends.
  static func error(_ text: String) { note("raft-diffuse: \(text)") }

  /// Prints one machine-readable object on a line of its own.
  static func json(_ value: some Encodable) throws {
    try result(compactJSON(value))
  }

  /// `value` as one line of JSON, keys sorted.
  static func compactJSON(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// Whether standard error is a terminal that can redraw a line.
  static var isTerminal: Bool {
    isatty(2) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }
}
