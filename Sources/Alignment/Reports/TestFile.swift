internal import Foundation
internal import Reporting

/// The test's numbers for scripts: `test.json`.
enum TestFile {
  /// The bytes of the file, keys sorted.
  static func json(_ test: RunSummary.Test) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return Array(try encoder.encode(test)) + [UInt8(ascii: "\n")]
  }
}
