internal import Files
internal import Foundation
internal import RAFT

/// A comparison for people: a table a metric, and what it would take to know more.
package struct ComparisonTable {
  private let report: ComparisonReport

  /// The tables of `report`.
  package init(_ report: ComparisonReport) {
    self.report = report
  }

  /// What the columns of ``rows(of:)`` are.
  package static let head = [
    "arm", "mean", "difference", "95 % interval", "p", "p (Holm)", "better", "prompts",
  ]

  /// All tables as lines.
  package var lines: [String] {
    report.metrics.flatMap { metric in
      let rows = [Self.head] + rows(of: metric)
      let widths = Self.head.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
      let table = rows.map { row in
        zip(row, widths).enumerated().map { place, cell in
          let padding = String(repeating: " ", count: cell.1 - cell.0.count)
          return place == 0 ? cell.0 + padding : padding + cell.0
        }.joined(separator: "  ")
      }
      return [metric.name] + table + notes(on: metric) + [""]
    }.dropLast()
  }

  /// A row for every arm, the base first.
  package func rows(of metric: ComparisonMetric) -> [[String]] {
    report.arms.enumerated().map { place, arm in
      let name = arm.name.printable
      guard place > 0, let finding = finding(of: arm, by: metric) else {
        let scores = report.scores(of: arm.name, by: metric.name)
        let mean = scores.isEmpty ? "-" : Self.number(scores.reduce(0, +) / Double(scores.count))
        return [name, mean] + Array(repeating: "", count: Self.head.count - 2)
      }
      let found = finding.comparison
      return [
        name, found.armMean.map(Self.number) ?? "-", found.difference.map(Self.signed) ?? "-",
        found.interval.range.map {
          "\(Self.signed($0.lowerBound)) … \(Self.signed($0.upperBound))"
        } ?? "-",
        Self.probability(found.test.p), Self.probability(finding.adjustedP), Self.share(found.wins),
        String(found.prompts),
      ]
    }
  }

  /// What the table cannot say, a sentence each.
  package func notes(on metric: ComparisonMetric) -> [String] {
    report.arms.dropFirst().flatMap { arm -> [String] in
      guard let finding = finding(of: arm, by: metric) else { return [] }
      let found = finding.comparison
      var notes: [String] = []
      if let absence = found.interval.absence { notes.append("\(absence)") }
      if found.droppedPairs > 0 {
        notes.append(
          "\(found.droppedPairs) of \(found.pairs + found.droppedPairs) pairs lack a score and were "
            + "left out")
      }
      if let needed = found.needed, needed.effect > 0 { notes.append(Self.text(of: needed)) }
      return notes.map { "\(arm.name.printable): \($0)" }
    }
  }

  private func finding(of arm: ComparisonArm, by metric: ComparisonMetric)
    -> ComparisonReport.Finding?
  {
    report.findings.first { $0.arm == arm.name && $0.metric == metric.name }
  }

  /// Such as `an effect of 0.05 is found with 80 % power with 14 prompts more, or not by seeds`.
  static func text(of needed: NeededSamples) -> String {
    let start = "to find an effect of \(number(needed.effect)) with 80 % power"
    if case .total(_, more: 0) = needed.prompts { return "\(start), there are prompts enough" }
    let prompts =
      switch needed.prompts {
      case .total(let total, let more): "\(more) more prompts (\(total) in all)"
      case .notReachable, .unknown: "more prompts than can be made"
      }
    let seeds =
      switch needed.seeds {
      case .total(let total, let more):
        "\(more) more \(more == 1 ? "seed" : "seeds") a prompt (\(total) in all)"
      case .notReachable: "not reachable by more seeds"
      case .unknown: "what more seeds would do is not known from one seed a prompt"
      }
    let isChoice = if case .total = needed.seeds { true } else { false }
    return "\(start): \(prompts)\(isChoice ? ", or " : "; ")\(seeds)"
  }

  private static func share(_ wins: WinRate) -> String {
    guard let rate = wins.rate else { return "-" }
    return String(format: "%.0f %% of %d", 100 * rate, wins.count)
  }

  private static func probability(_ p: Double) -> String {
    p < 0.0001 ? "<0.0001" : String(format: "%.4f", p)
  }

  private static func number(_ value: Double) -> String {
    value != 0 && value.magnitude < 0.001
      ? String(format: "%.2e", value) : String(format: "%.4f", value)
  }

  private static func signed(_ value: Double) -> String {
    (value > 0 ? "+" : "") + number(value)
  }
}
