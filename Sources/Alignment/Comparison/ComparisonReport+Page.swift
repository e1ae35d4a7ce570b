internal import CLIPReward
internal import Files
internal import RAFT
package import Reporting

extension ComparisonReport {
  /// The comparison as a page for people: what was found, a table a metric, the sheet.
  ///
  /// - Parameter grid: the sheet.
  package func page(grid: Picture) throws -> HTMLReport {
    let table = ComparisonTable(self)
    let sections = try metrics.map { metric in
      let rows = try table.rows(of: metric)
      return HTMLReport.Section(
        metric.name,
        [
          .table(
            ReportTable(
              columns: ComparisonTable.head.enumerated().map { place, title in
                ReportTable.Column(title, isNumeric: place > 0)
              }, rows: rows)),
          .text(table.notes(on: metric).joined(separator: ". ")),
        ])
    }
    return HTMLReport(
      title: "Comparison of \(arms.map(\.name.printable).joined(separator: ", "))",
      subtitle: "Same prompts and same seeds for every arm; \(arms[0].name.printable) is what the "
        + "others are compared with.",
      verdict: findings.map(Self.verdict),
      facts: facts,
      sections: sections + [
        HTMLReport.Section(
          "Images", [.pictures([ReportPicture(grid, title: "The arms side by side")])]),
        HTMLReport.Section("How to read this", [.text(Self.explanation)]),
      ])
  }

  /// Whether an arm is better, worse or neither, in a sentence.
  private static func verdict(_ finding: Finding) -> ReportBlock {
    let (arm, metric) = (finding.arm.printable, finding.metric)
    let found = finding.comparison
    guard let difference = found.difference else {
      return .callout(.warning, "\(arm) has no pair of images with a \(metric) score.")
    }
    let estimate = NumberText.text(
      Estimate(difference, interval: found.interval.range), isSigned: true)
    let p = NumberText.probability(finding.adjustedP)
    guard finding.adjustedP <= 0.05 else {
      return .callout(
        .note, "\(arm) cannot be told from the base by \(metric): \(estimate), p \(p) (Holm).")
    }
    return difference > 0
      ? .callout(.good, "\(arm) is better by \(metric): \(estimate), p \(p) (Holm).")
      : .callout(.warning, "\(arm) is worse by \(metric): \(estimate), p \(p) (Holm).")
  }

  private var facts: [HTMLReport.Fact] {
    let sources = arms.compactMap { arm in
      arm.source.map { source in
        let scale = arm.scale.map { $0 == 1 ? "" : " × \($0)" } ?? ""
        return HTMLReport.Fact(arm.name.printable, source.printable + scale)
      }
    }
    let rewards = metrics.map { metric in
      HTMLReport.Fact(
        metric.name, "\(metric.passport.reward), passport \(metric.passport.fingerprint)")
    }
    return [
      HTMLReport.Fact("Prompts", String(promptCount)),
      HTMLReport.Fact("Prompts × seeds", String(cases.count)),
    ] + sources + rewards
  }

  private static let explanation =
    "Differences are those of images of the same prompt and seed. The interval is a bootstrap-t over "
    + "prompts' mean differences; p is the share of all flips of their signs that are as far from "
    + "zero, two-sided, and p (Holm) is adjusted for all arms and metrics of this page. Better counts "
    + "the pairs in which the arm's image scores higher, ties half. Best of n is what choosing the "
    + "base's best image of each prompt would give, without any training."
}
