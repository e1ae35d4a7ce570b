internal import Alignment
internal import Foundation
internal import Reporting

/// What a run tells, on standard error; with `--json` a line a round on standard output too.
final class AlignProgress {
  private let isQuiet: Bool
  private let isJSON: Bool
  private var line: ProgressLine?
  private var shown: (round: Int, what: String)?

  /// Why standard output could not be written.
  private(set) var failure: (any Error)?

  init(isQuiet: Bool, isJSON: Bool) {
    self.isQuiet = isQuiet
    self.isJSON = isJSON
  }

  /// Shows what happened.
  func take(_ event: RunEvent) {
    switch event {
    case .progress(let progress): show(progress)
    case .note(let text): tell(text)
    case .warning(let text): tell("warning: \(text)")
    case .round(let round):
      finish()
      if isJSON { print(round) }
      tell(Self.describe(round))
    case .controlRound(let round):
      finish()
      tell("control \(Self.describe(round))")
    }
  }

  /// Ends the line that is redrawn.
  func finish() {
    line?.finish()
    (line, shown) = (nil, nil)
  }

  private func show(_ progress: RunProgress) {
    // A loss changes with each step, and is the same work all the same.
    let what = String(progress.what.prefix { $0 != "," })
    if shown?.round != progress.round || shown?.what != what {
      finish()
      line = ProgressLine(
        total: progress.total, unit: progress.unit, isQuiet: isQuiet, from: progress.done)
      shown = (progress.round, what)
    }
    line?.update(progress.done, "round \(progress.round), \(progress.what)")
  }

  private func tell(_ text: String) {
    finish()
    if !isQuiet { Console.note(text) }
  }

  private func print(_ round: RunSummary.Round) {
    do {
      try Console.json(round, convertsKeys: true)
    } catch {
      failure = failure ?? error
    }
  }

  /// `round 2: samples 5.21, selected 5.83, dev 5.40 ± 0.08, 12 min`.
  static func describe(_ round: RunSummary.Round) -> String {
    var parts: [String] = []
    if let mean = round.rewardMean { parts.append("samples \(ScoreReport.number(mean))") }
    if let mean = round.rewardSelected { parts.append("selected \(ScoreReport.number(mean))") }
    if let dev = round.devReward {
      let error = dev.standardError.map { " ± \(ScoreReport.number($0))" } ?? ""
      parts.append("dev \(ScoreReport.number(dev.value))\(error)")
    }
    if let watch = round.devWatch { parts.append("watched \(ScoreReport.number(watch.value))") }
    let seconds = round.seconds.reduce(0) { $0 + $1.seconds }
    if seconds >= 1 { parts.append(ProgressLine.clock(seconds)) }
    let name = round.number == 0 ? "base" : "round \(round.number)"
    return "\(name): \(parts.isEmpty ? "nothing was measured" : parts.joined(separator: ", "))"
  }

  /// The plan, a line each.
  static func describe(_ plan: RunPlan) -> [String] {
    func bytes(_ count: Int) -> String {
      count < 1_000_000_000
        ? "\((count + 999_999) / 1_000_000) MB" : String(format: "%.1f GB", Double(count) / 1e9)
    }
    var lines = [
      "plan: \(plan.trainingSamples) samples to learn from and \(plan.evaluationImages) images that decide and report",
      "plan: \(plan.samplingEvaluations) evaluations of the network in sampling, \(plan.tuningEvaluations) in training (a gradient counted as two)",
      "plan: about \(bytes(plan.diskBytes)) on disk",
    ]
    if let seconds = plan.seconds {
      lines.append(
        "plan: about \(ProgressLine.clock(seconds)) (from two steps measured now; scoring is not in it)"
      )
    }
    if let peak = plan.peakMemoryBytes { lines.append("plan: \(bytes(peak)) of memory so far") }
    return lines
  }
}
