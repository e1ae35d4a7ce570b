internal import Files
internal import Foundation

/// The numbers of all rounds for people and scripts: a JSON object a line, the round first and then
/// by name. The ledger has them too, so the file is written anew each time and is always whole.
package enum MetricsFile {
  /// Writes the numbers of `rounds`, in their order; a round without numbers has no line.
  ///
  /// - Throws: `FileError`; the file is as it was then.
  package static func write(_ rounds: [RoundRow], to path: String) throws {
    let lines = try rounds.filter { !$0.metrics.isEmpty }.map { try line($0) + "\n" }
    try AtomicFile.write(Array(lines.joined().utf8), to: path)
  }

  /// The line of a round.
  static func line(_ row: RoundRow) throws -> String {
    let members = try row.metrics.sorted { $0.key < $1.key }.map { name, value in
      ",\(try text(.string(name))):\(try text(.number(value)))"
    }
    return "{\"round\":\(row.round)\(members.joined())}"
  }

  private static func text(_ value: JSONValue) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
