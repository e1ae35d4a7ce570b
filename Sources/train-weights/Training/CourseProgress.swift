internal import Files
internal import Foundation

/// A course's progress on standard error, a line every ten seconds.
struct CourseProgress {
  private let name: String
  private let settings: CourseSettings
  private let beginning: Int
  private let start = ContinuousClock.now
  private var shown = ContinuousClock.now

  /// The progress of a course that goes on after step `beginning`.
  init(_ name: String, _ settings: CourseSettings, from beginning: Int) {
    (self.name, self.settings, self.beginning) = (name, settings, beginning)
  }

  /// Shows where the course is, unless it was shown less than ten seconds ago; the first and the
  /// last step are always shown.
  mutating func update(_ line: CourseLog.Line) {
    let now = ContinuousClock.now
    let isEnd = line.step == settings.steps || line.step == beginning + 1
    guard isEnd || now - shown >= .seconds(10) else { return }
    shown = now
    let pace = (now - start).seconds / Double(line.step - beginning)
    let left = Int(pace * Double(settings.steps - line.step))
    let rate = Double(settings.batch) / max(pace, 1e-9)
    Console.note(
      String(
        format: "%@: step %d/%d · loss %.4f (smoothed %.4f) · %.1f samples/s · %d:%02d left",
        name, line.step, settings.steps, line.loss, line.smoothed, rate, left / 60, left % 60))
  }
}
