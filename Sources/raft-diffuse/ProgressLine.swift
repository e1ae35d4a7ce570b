internal import Files
internal import Foundation

/// Progress on standard error: one line redrawn on a terminal, else a plain line now and then.
final class ProgressLine {
  private let total: Int
  private let unit: String
  private let isQuiet: Bool
  private let beginning: Int
  private let start = ContinuousClock.now
  private var shown: ContinuousClock.Instant?
  private var width = 0

  /// Progress over `total` pieces of work.
  ///
  /// - Parameter beginning: how many of them are done already and tell nothing of the pace.
  init(total: Int, unit: String, isQuiet: Bool, from beginning: Int = 0) {
    self.total = total
    self.beginning = beginning
    self.unit = unit
    self.isQuiet = isQuiet
  }

  /// Shows that `done` pieces are done.
  func update(_ done: Int, _ what: String) {
    guard !isQuiet else { return }
    let now = ContinuousClock.now
    let interval: Duration = Console.isTerminal ? .milliseconds(100) : .seconds(10)
    if done < total, let shown, now - shown < interval { return }
    shown = now
    let line = Self.line(
      done, total, unit, what, elapsed: (now - start).seconds, from: beginning)
    guard Console.isTerminal else { return Console.note(line) }
    let padding = String(repeating: " ", count: max(width - line.count, 0))
    width = line.count
    Console.redraw("\r\(line)\(padding)")
  }

  /// Ends the line.
  func finish() {
    if !isQuiet, Console.isTerminal, width > 0 { Console.note("") }
    width = 0
  }

  /// Such as `step 12/40 · image 1-4 of 8 · 1.9 s/step · 0:53 left`; without a pace before the first
  /// piece is done.
  static func line(
    _ done: Int, _ total: Int, _ unit: String, _ what: String, elapsed: Double, from beginning: Int
  ) -> String {
    guard done > beginning else { return "\(unit) \(done)/\(total) · \(what)" }
    let pace = elapsed / Double(done - beginning)
    let left = pace * Double(total - done)
    let rate =
      pace >= 1
      ? "\(decimal(pace, 1)) s/\(unit)" : "\(decimal(1 / max(pace, 1e-9), 1)) \(unit)s/s"
    let end = done < total ? "\(clock(left)) left" : "\(clock(elapsed)) in all"
    return "\(unit) \(done)/\(total) · \(what) · \(rate) · \(end)"
  }

  /// Seconds as `1:02:03` or `2:03`.
  static func clock(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    let (hours, minutes) = (whole / 3600, whole / 60 % 60)
    let tail = String(format: "%02d", whole % 60)
    return hours > 0 ? "\(hours):\(String(format: "%02d", minutes)):\(tail)" : "\(minutes):\(tail)"
  }

  private static func decimal(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}
