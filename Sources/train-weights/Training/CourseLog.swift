internal import Files
internal import Foundation

/// What a course writes down about its steps: a line of JSON for each.
package final class CourseLog {
  /// One step.
  package struct Line: Codable, Equatable {
    /// The step, counted from 1.
    package let step: Int
    /// The loss of the step.
    package let loss: Double
    /// The losses up to here, the last hundred steps or so weighing most.
    package let smoothed: Double
    /// The learning rate of the step.
    package let learningRate: Double
    /// Seconds of work since the course began, interruptions not counted.
    package let seconds: Double

    private enum CodingKeys: String, CodingKey {
      case step, loss, smoothed, seconds
      case learningRate = "learning_rate"
    }
  }

  /// The last line; nil before the first step.
  private(set) var last: Line?

  private let files: CourseFiles
  private var waiting = Data()

  /// The log of `files`, cut after step `step`: what follows was never saved, and comes again.
  ///
  /// - Throws: `CourseError.damaged` where there is none, or a line is none of a log, or is missing.
  init(_ files: CourseFiles, upTo step: Int) throws {
    self.files = files
    func damaged(_ what: String) -> CourseError { .damaged(files, file: files.log, what: what) }
    guard step > 0 else {
      try AtomicFile.write(Data(), to: files.log)
      return
    }
    guard FileManager.default.fileExists(atPath: files.log) else {
      throw damaged("it is not there")
    }
    let bytes = try WholeFile.bytes(of: files.log, limit: Self.limit)
    var kept = Data()
    for (index, text) in bytes.split(separator: UInt8(ascii: "\n")).prefix(step).enumerated() {
      let line: Line
      do {
        line = try JSONDecoder().decode(Line.self, from: Data(text))
      } catch is DecodingError {
        throw damaged("line \(index + 1) is no line of a log")
      }
      kept += text + [UInt8(ascii: "\n")]
      last = line
    }
    guard last?.step == step else {
      throw damaged("it does not reach to step \(step)")
    }
    try AtomicFile.write(kept, to: files.log)
  }

  /// Adds a step, `seconds` after the one before; it is written by ``flush()``.
  func add(step: Int, loss: Double, learningRate: Double, seconds: Double) throws -> Line {
    let share = max(0.01, 1 / Double(step))
    let smoothed = last.map { $0.smoothed + share * (loss - $0.smoothed) } ?? loss
    let line = Line(
      step: step, loss: loss, smoothed: smoothed, learningRate: learningRate,
      seconds: (last?.seconds ?? 0) + seconds)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    waiting += try encoder.encode(line) + [UInt8(ascii: "\n")]
    last = line
    return line
  }

  /// Writes what has been added.
  func flush() throws {
    try AppendedFile.append(waiting, to: files.log)
    waiting = Data()
  }

  /// More than any course writes.
  private static let limit = 1 << 30
}
