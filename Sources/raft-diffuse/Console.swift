internal import ExitStatuses
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
  ///
  /// - Parameter convertsKeys: writes `winRate` as `win_rate`, for values of the libraries.
  static func json(_ value: some Encodable, convertsKeys: Bool = false) throws {
    try result(compactJSON(value, convertsKeys: convertsKeys))
  }

  /// `value` as one line of JSON, keys sorted.
  static func compactJSON(_ value: some Encodable, convertsKeys: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    if convertsKeys { encoder.keyEncodingStrategy = .convertToSnakeCase }
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// Whether standard error is a terminal that can redraw a line.
  static var isTerminal: Bool {
    isatty(2) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }
}
