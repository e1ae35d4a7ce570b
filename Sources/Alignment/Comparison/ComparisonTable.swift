internal import Files
package import RAFT
internal import Reporting

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
  package func lines() throws -> [String] {
    try report.metrics.flatMap { metric in
      let rows = try [Self.head] + rows(of: metric)
      let widths = Self.head.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
      let table = rows.map { row in
        let cells = zip(row, widths).enumerated().map { place, cell in
          let padding = String(repeating: " ", count: cell.1 - cell.0.count)
          return place == 0 ? cell.0 + padding : padding + cell.0
        }
        return String(cells.joined(separator: "  ").trimmingSuffix(while: { $0 == " " }))
      }
      return [metric.name] + table + notes(on: metric) + [""]
    }.dropLast()
  }

  /// A row for every arm, the base first, and for what choosing its best images would give.
  package func rows(of metric: ComparisonMetric) throws -> [[String]] {
    let arms = report.arms.enumerated().map { place, arm in
      let name = arm.name.printable
      guard place > 0, let finding = finding(of: arm, by: metric) else {
        return Self.row(name, report.baseMean(by: metric.name), nil)
      }
      let found = finding.comparison
      return [
        name, found.armMean.map(NumberText.short) ?? "–",
        found.difference.map(NumberText.signed) ?? "–",
        found.interval.range.map {
          "\(NumberText.signed($0.lowerBound)) … \(NumberText.signed($0.upperBound))"
        } ?? "–",
        NumberText.probability(found.test.p), NumberText.probability(finding.adjustedP),
        found.wins.rate.map { "\(NumberText.percent($0)) of \(found.wins.count)" } ?? "–",
        String(found.prompts),
      ]
    }
    guard let best = try report.baseBestOf(by: metric.name) else { return arms }
    let name = "\(report.arms[0].name.printable), best of \(best.n)"
    return arms + [Self.row(name, best.mean, best.difference)]
  }

  private static func row(_ name: String, _ mean: Double?, _ difference: Double?) -> [String] {
    [name, mean.map(NumberText.short) ?? "–", difference.map(NumberText.signed) ?? ""]
      + Array(repeating: "", count: head.count - 3)
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

  /// Such as `to find an effect of 0.05 with 80 % power: 14 more prompts (34 in all); not reachable by
  /// more seeds`.
  package static func text(of needed: NeededSamples) -> String {
    let start = "to find an effect of \(NumberText.short(needed.effect)) with 80 % power"
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
}

extension String {
  /// The text without what `test` holds for at its end.
  fileprivate func trimmingSuffix(while test: (Character) -> Bool) -> Substring {
    var rest = self[...]
    while let last = rest.last, test(last) { rest.removeLast() }
    return rest
  }
}
