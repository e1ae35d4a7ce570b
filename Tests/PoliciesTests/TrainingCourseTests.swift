import Policies
import Testing
import Torch

@Suite("What each step of a training learns from")
struct TrainingCourseTests {
  /// Examples whose latents are their numbers, from `start` on.
  private func examples(_ count: Int, from start: Int, _ prompt: String) throws -> TrainingExamples
  {
    TrainingExamples(
      latents: try Tensor((0..<count).map { Float(start + $0) }, shape: [count, 1, 1, 1]),
      prompts: (0..<count).map { "\(prompt) \($0)" })
  }

  private func course(batch: Int, accumulation: Int) throws -> TrainingCourse {
    var course = TrainingCourse(
      try examples(7, from: 0, "new"), draws: TrainingDraws(seed: 3), batch: batch,
      timestepCount: 1000)
    course.accumulation = accumulation
    course.preserved = try examples(3, from: 100, "old")
    course.preservedShare = 0.3
    course.promptDropout = 0.25
    return course
  }

  @Test("batches that count together are the parts of one large batch")
  func parts() throws {
    let (large, small) = try (course(batch: 6, accumulation: 1), course(batch: 2, accumulation: 3))
    for step in 0..<5 {
      let (whole, parts) = try (large.batches(step), small.batches(step))
      #expect(whole.count == 1 && parts.count == 3)
      #expect(whole[0].prompts == parts.flatMap(\.prompts))
      #expect(whole[0].timesteps == parts.flatMap(\.timesteps))
      #expect(try whole[0].latents.isEqual(to: .concatenated(parts.map(\.latents))))
      #expect(try whole[0].noise.isEqual(to: .concatenated(parts.map(\.noise))))
    }
  }

  @Test("preserved examples have their share, and all examples of a kind come equally often")
  func shares() throws {
    var course = try course(batch: 5, accumulation: 2)
    course.promptDropout = 0
    let values = try (0..<7).flatMap { try course.batches($0).flatMap { try $0.latents.floats() } }
    #expect(values.count(where: { $0 >= 100 }) == 21)
    for step in 0..<7 {
      #expect(values[step * 10..<step * 10 + 10].count(where: { $0 >= 100 }) == 3)
    }
    for value in (0..<7).map(Float.init) + [100, 101, 102] {
      #expect(values.count(where: { $0 == value }) == 7)
    }
  }

  @Test("prompts are left out by address, about as often as asked for, and latents never")
  func promptDropout() throws {
    let course = try course(batch: 8, accumulation: 1)
    let batches = try (0..<40).map { try course.batches($0)[0] }
    let empty = batches.flatMap(\.prompts).count(where: \.isEmpty)
    #expect(abs(Double(empty) / 320 - 0.25) < 0.08)
    #expect(try course.batches(17)[0].prompts == batches[17].prompts)
  }
}
