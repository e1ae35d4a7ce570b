internal import Files
internal import Foundation

/// What a finished part says about itself: it goes into the manifest.
struct PartRecord: Codable, Equatable {
  /// Parameters trained.
  var parameters: Int

  /// Steps taken.
  var steps: Int

  /// The smoothed loss at the end.
  var loss: Double

  /// Seconds of training, interruptions not counted.
  var seconds: Double

  /// What was measured afterwards, by name.
  var measured: [String: Double]

  /// Writes the record as JSON.
  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try AtomicFile.write(try encoder.encode(self) + [UInt8(ascii: "\n")], to: path)
  }
}

extension PartRecord {
  /// The record of a course that ended with `last`.
  init(_ last: CourseLog.Line?, parameters: Int, measured: [String: Double]) {
    self.init(
      parameters: parameters, steps: last?.step ?? 0, loss: last?.smoothed ?? 0,
      seconds: last?.seconds ?? 0, measured: measured)
  }
}
