internal import Foundation
internal import Reporting
internal import RunStore
internal import Torch

/// What `align` prints at the end.
struct AlignResult: Encodable {
  let run: String
  let rounds: Int
  /// The round that dev finds best; 0 for the base.
  let best: Int
  /// The best round's adapter; nil where the base is best.
  let adapter: String?
  let report: String
  let stopped: String?
  let test: RunSummary.Test?
  let totalSeconds: Double
  let peakMemoryBytes: Int?

  enum CodingKeys: String, CodingKey {
    case run, rounds, best, adapter, report, stopped, test
    case totalSeconds = "total_seconds"
    case peakMemoryBytes = "peak_memory_bytes"
  }

  init(_ summary: RunSummary, _ paths: RunPaths, seconds: Double) {
    run = paths.folder
    rounds = summary.rounds.last?.number ?? 0
    best = summary.bestRound ?? 0
    adapter = best > 0 ? paths.checkpoint(best).adapter : nil
    report = paths.report
    stopped = summary.stopping?.reason
    test = summary.test
    totalSeconds = seconds
    peakMemoryBytes = Machine.peakMemory
  }

  /// Prints it for machines, or the table and the files for people.
  func print(asJSON: Bool) throws {
    if asJSON { return try Console.json(self, convertsKeys: true) }
    for arm in test?.arms ?? [] { try Console.result(Self.line(arm)) }
    for note in Set((test?.arms ?? []).flatMap { $0.comparisons.compactMap(\.intervalNote) })
      .sorted()
    {
      try Console.result(note)
    }
    let dropped = (test?.arms ?? []).flatMap(\.comparisons).map(\.droppedPairs).max() ?? 0
    if dropped > 0 {
      try Console.result("up to \(dropped) pairs are left out: an image of theirs has no score")
    }
    if let stopped { try Console.result("stopped: \(stopped)") }
    try Console.result(
      adapter.map { "best: round \(best), \($0)" }
        ?? "best: the base; no round has a better dev reward")
    try Console.result("report: \(report)")
  }

  /// `round 3          5.83   +0.42 [0.31, 0.53] over base`.
  private static func line(_ arm: RunSummary.Arm) -> String {
    let name = arm.name.padding(toLength: max(24, arm.name.count), withPad: " ", startingAt: 0)
    let value = arm.reward.map { ScoreReport.number($0.value) } ?? "no score"
    let differences = arm.comparisons.map { comparison -> String in
      let difference = comparison.difference
      let sign = difference.value >= 0 ? "+" : ""
      let interval = difference.interval.map {
        " [\(ScoreReport.number($0.lowerBound)), \(ScoreReport.number($0.upperBound))]"
      }
      return
        "\(sign)\(ScoreReport.number(difference.value))\(interval ?? "") over \(comparison.other)"
    }
    return "\(name) \(value)  \(differences.joined(separator: "; "))"
  }
}
