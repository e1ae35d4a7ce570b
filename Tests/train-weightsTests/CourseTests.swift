import Files
import Foundation
import NN
import RAFT
import TestSupport
import Testing
import Torch
import train_weights

/// A course of a single layer that learns to double its input.
@Suite("A course")
struct CourseTests {
  private struct Stop: Error {}

  private static let settings = CourseSettings(steps: 12, batch: 4, learningRate: 0.05, warmup: 3)

  private struct Lesson {
    let course: Course
    let layer: Linear
    let parameters: [TrainableParameter]

    init(_ settings: CourseSettings = CourseTests.settings, seed: UInt64 = 1, in folder: String)
      throws
    {
      let weights = Weights(seed: 3)
      layer = try Linear(weights["layer"], from: 3, to: 3)
      parameters = try weights.thawed()
      course = try Course(
        "lesson", settings, recipe: settings, seed: seed, parameters: parameters, in: folder)
    }

    func run(stoppingAt last: Int = .max) throws {
      try course.run(savingEvery: last == .max ? 1e9 : 0) { step, draws in
        guard step < last else { throw Stop() }
        let x = try draws.tensors.normal([4, 3]) * draws.choices.unit()
        let error = try layer(x) - 2 * x
        return try (error * error).mean()
      }
    }
  }

  @Test(
    "a course that was stopped ends in the same numbers as one that was not",
    arguments: [[0], [1], [7], [3, 4, 11], [12]])
  func resumed(_ stops: [Int]) throws {
    try withTemporaryFolder { folder in
      try withTemporaryFolder { other in
        let whole = try Lesson(in: folder)
        try whole.run()
        for stop in stops where stop < 12 {
          #expect(throws: Stop.self) { try Lesson(in: other).run(stoppingAt: stop) }
        }
        let resumed = try Lesson(in: other)
        try resumed.run()
        for (one, two) in zip(whole.parameters, resumed.parameters) {
          #expect(try one.tensor.isEqual(to: two.tensor))
        }
        let file = "lesson.safetensors"
        #expect(try Self.bytes(folder, file) == Self.bytes(other, file))
        #expect(try Self.steps(other) == Array(1...12))
      }
    }
  }

  @Test("a finished course takes no step more, and gives the averages of its parameters")
  func finished() throws {
    try withTemporaryFolder { folder in
      let first = try Lesson(in: folder)
      try first.run()
      let again = try Lesson(in: folder)
      #expect(again.course.isFinished)
      let last = try again.course.run { _, _ in throw Stop() }
      #expect(last?.step == 12)
      for (one, two) in zip(first.parameters, again.parameters) {
        #expect(try one.tensor.isEqual(to: two.tensor))
      }
    }
  }

  @Test("what another course saved is refused, and the message says what differs")
  func otherSettings() throws {
    try withTemporaryFolder { folder in
      try Lesson(in: folder).run()
      var settings = Self.settings
      settings.steps = 20
      #expect(
        message { try Lesson(settings, seed: 2, in: folder) } == """
          \(folder)/lesson.safetensors was saved by a course with other settings (seed was "1" and \
          is "2"; settings.steps was 12 and is 20); give the settings that it began with, or begin \
          in another folder
          """)
    }
  }

  @Test("a log that ends too early is refused")
  func shortLog() throws {
    try withTemporaryFolder { folder in
      try Lesson(in: folder).run()
      let path = "\(folder)/lesson.jsonl"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let lines = text.split(separator: "\n").dropLast()
      try (lines.joined(separator: "\n") + "\n")
        .write(toFile: path, atomically: true, encoding: .utf8)
      #expect(
        message { try Lesson(in: folder) } == """
          \(path) cannot be gone on from: it does not reach to step 12; delete \
          \(folder)/lesson.safetensors and \(path) to begin the course anew
          """)
    }
  }

  @Test("a log that is gone is told with what must go with it")
  func noLog() throws {
    try withTemporaryFolder { folder in
      try Lesson(in: folder).run()
      let path = "\(folder)/lesson.jsonl"
      try FileManager.default.removeItem(atPath: path)
      #expect(
        message { try Lesson(in: folder) } == """
          \(path) cannot be gone on from: it is not there; delete \(folder)/lesson.safetensors and \
          \(path) to begin the course anew
          """)
      try FileManager.default.removeItem(atPath: "\(folder)/lesson.safetensors")
      #expect(try Lesson(in: folder).course.isFinished == false)
    }
  }

  @Test("lines of steps that were never saved are cut off, and come again")
  func linesWithoutState() throws {
    try withTemporaryFolder { folder in
      #expect(throws: Stop.self) { try Lesson(in: folder).run(stoppingAt: 7) }
      // Killed after the log was written and before the state was.
      let path = "\(folder)/lesson.jsonl"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let last = try #require(text.split(separator: "\n").last)
      for step in [8, 9] {
        try AppendedFile.append(
          Data((last.replacing("\"step\":7", with: "\"step\":\(step)") + "\n").utf8), to: path)
      }
      let resumed = try Lesson(in: folder)
      try resumed.run()
      #expect(try Self.steps(folder) == Array(1...12))
      try withTemporaryFolder { other in
        let whole = try Lesson(in: other)
        try whole.run()
        for (one, two) in zip(whole.parameters, resumed.parameters) {
          #expect(try one.tensor.isEqual(to: two.tensor))
        }
        #expect(try Self.losses(folder) == Self.losses(other))
      }
    }
  }

  @Test("a loss that is no number ends the course")
  func diverged() throws {
    try withTemporaryFolder { folder in
      let lesson = try Lesson(in: folder)
      #expect(throws: CourseError.diverged(course: "lesson", step: 1)) {
        try lesson.course.run { _, _ in
          try lesson.layer(.full([1, 3], .nan)).mean()
        }
      }
    }
  }

  private static func steps(_ folder: String) throws -> [Int] { try lines(folder).map(\.step) }

  private static func losses(_ folder: String) throws -> [Double] { try lines(folder).map(\.loss) }

  private static func lines(_ folder: String) throws -> [CourseLog.Line] {
    try bytes(folder, "lesson.jsonl").split(separator: UInt8(ascii: "\n")).map {
      try JSONDecoder().decode(CourseLog.Line.self, from: Data($0))
    }
  }

  private static func bytes(_ folder: String, _ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
  }
}
