internal import CLIPReward
internal import Files
internal import Foundation

/// Results for people: a table, the best first, and a summary.
struct ScoreReport {
  private let rewards: [String]
  private let isMixed: Bool
  private let results: [ScoreRecord]

  /// A report of what `rewards` gave, in their order, and of their mixture where there is one.
  init(rewards: [String], isMixed: Bool, _ results: [ScoreRecord]) {
    self.rewards = rewards
    self.isMixed = isMixed
    self.results = results
  }

  private var columns: [String] { (isMixed ? ["mixed"] : []) + rewards }

  private func value(_ column: Int, _ record: ScoreRecord) -> Double? {
    if isMixed, column == 0 { return record.score }
    return record.scores[columns[column]]
  }

  /// The results that have a score, the best first (equal ones in their order), and then the others;
  /// only the best `top` where that is given.
  static func ranked(_ results: [ScoreRecord], top: Int?) -> [ScoreRecord] {
    let scored = results.enumerated().filter { $0.element.score != nil }
      .sorted { one, other in
        let (a, b) = (one.element.score ?? 0, other.element.score ?? 0)
        return a == b ? one.offset < other.offset : a > b
      }
      .map(\.element)
    guard let top else { return scored + results.filter { $0.score == nil } }
    return Array(scored.prefix(top))
  }

  /// The scored ones of `ranked` as lines: a column a reward, and the image.
  func table(_ ranked: [ScoreRecord]) -> [String] {
    let rows = ranked.filter { $0.excluded == nil }.map { record in
      columns.indices.map { value($0, record).map(Self.number) ?? "-" }
    }
    let widths = columns.indices.map { column in
      max(columns[column].count, rows.map { $0[column].count }.max() ?? 0)
    }
    func line(_ cells: [String], _ image: String) -> String {
      zip(cells, widths).map { Self.right($0, $1) }.joined(separator: "  ") + "  " + image
    }
    return [line(columns, "image")]
      + zip(rows, ranked).map { line($0, $1.image.printable) }
  }

  /// Number, mean, deviation and range of each reward's scores, and what was left out.
  var summary: [String] {
    var lines = columns.indices.map { column in
      let scores = results.filter { $0.excluded == nil }.compactMap { value(column, $0) }
      return "\(columns[column]): \(Self.text(of: ScoreSummary(scores)))"
    }
    let counts = Self.exclusions(in: results)
    if !counts.isEmpty { lines.append("left out: \(counts)") }
    return lines
  }

  /// Such as `n 12, mean 5.1240, sd 0.3012, min 4.6, max 5.6`.
  static func text(of summary: ScoreSummary) -> String {
    var parts = ["n \(summary.count)"]
    for (name, value) in [
      ("mean", summary.mean), ("sd", summary.deviation), ("min", summary.minimum),
      ("max", summary.maximum),
    ] {
      if let value { parts.append("\(name) \(number(value))") }
    }
    return parts.joined(separator: ", ")
  }

  /// Such as `2 black, 1 duplicate`; empty where nothing was left out.
  static func exclusions(in results: [ScoreRecord]) -> String {
    let counts = Dictionary(results.compactMap(\.exclusion).map { ($0, 1) }, uniquingKeysWith: +)
    return counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
      .joined(separator: ", ")
  }

  static func number(_ value: Double) -> String { String(format: "%.4f", value) }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 0)) + text
  }
}
