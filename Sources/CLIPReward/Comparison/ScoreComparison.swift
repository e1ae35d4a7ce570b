/// Two tables of one passport side by side.
public struct ScoreComparison: Sendable, Equatable {
  /// The scores of the first table.
  public let before: ScoreSummary

  /// The scores of the second table.
  public let after: ScoreSummary

  /// The mean of `after` minus that of `before`.
  public let difference: Double?

  /// Half the width of the difference's 95 % interval (normal approximation); over pairs where all
  /// images of the smaller table have a partner in the other, else over two independent groups.
  public let margin: Double?

  /// How many images have a partner, of the same prompt and file name; nil where the tables are
  /// compared as two groups.
  public let pairs: Int?

  init(_ first: ScoreTable, _ second: ScoreTable) {
    (before, after) = (first.summary, second.summary)
    if let changes = Self.changes(first, second) {
      let summary = ScoreSummary(changes)
      (pairs, difference) = (summary.count, summary.mean)
      margin = summary.deviation.map { 1.96 * $0 / Double(summary.count).squareRoot() }
      return
    }
    pairs = nil
    guard let one = before.mean, let other = after.mean else {
      (difference, margin) = (nil, nil)
      return
    }
    difference = other - one
    guard let deviation = before.deviation, let otherDeviation = after.deviation else {
      margin = nil
      return
    }
    let variance =
      deviation * deviation / Double(before.count)
      + otherDeviation * otherDeviation / Double(after.count)
    margin = 1.96 * variance.squareRoot()
  }

  /// The changes of paired images; nil where not all of the smaller table have one partner.
  private static func changes(_ first: ScoreTable, _ second: ScoreTable) -> [Double]? {
    let earlier = Dictionary(grouping: first.rows, by: \.place)
    let later = Dictionary(grouping: second.rows, by: \.place)
    guard earlier.values.allSatisfy({ $0.count == 1 }), later.values.allSatisfy({ $0.count == 1 })
    else { return nil }
    let changes = second.rows.compactMap { row in
      earlier[row.place].map { row.score - $0[0].score }
    }
    let isPaired = !changes.isEmpty && changes.count == min(earlier.count, later.count)
    return isPaired ? changes : nil
  }
}
