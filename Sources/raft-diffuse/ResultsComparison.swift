internal import ArgumentParser
internal import CLIPReward
internal import Foundation

/// `score --compare A --compare B`: earlier results side by side, nothing scored again.
struct ResultsComparison {
  private let output: ScoreOutput

  init(_ output: ScoreOutput) {
    self.output = output
  }

  /// What `--json` prints of one reward and one pair of files.
  private struct Line: Encodable {
    let reward: String
    let fingerprint: String
    let first: String
    let second: String
    let before: ScoreSummary
    let after: ScoreSummary
    let difference: Double?
    let margin: Double?
    let pairs: Int?
  }

  func run() throws {
    let files = try output.compared.map { (name: $0, records: try ScoreRecord.read($0)) }
    let first = files[0]
    let rewards = Set(first.records.flatMap(\.scores.keys)).sorted()
    guard !rewards.isEmpty else {
      throw RewardError.nothingToCompare(file: first.name, reward: "finite")
    }
    for reward in rewards {
      let table = try ScoreRecord.table(of: reward, in: first.records, from: first.name)
      for other in files.dropFirst() {
        let second = try ScoreRecord.table(of: reward, in: other.records, from: other.name)
        let comparison = try table.comparison(with: second)
        guard output.json else {
          try Console.result(Self.line(comparison, reward, first.name, other.name))
          continue
        }
        try Console.json(
          Line(
            reward: reward, fingerprint: table.passport.fingerprint, first: first.name,
            second: other.name, before: comparison.before, after: comparison.after,
            difference: comparison.difference, margin: comparison.margin,
            pairs: comparison.pairs))
      }
    }
  }

  /// The comparison for people.
  static func line(
    _ comparison: ScoreComparison, _ reward: String, _ first: String, _ second: String
  ) -> String {
    func number(_ value: Double?) -> String { value.map(ScoreReport.number) ?? "-" }
    let difference = comparison.difference ?? 0
    let margin = comparison.margin.map { " ± \(ScoreReport.number($0))" } ?? ""
    let how = comparison.pairs.map { "paired over \($0) images" } ?? "two groups of images"
    return
      "\(reward): \(first) mean \(number(comparison.before.mean)) (n \(comparison.before.count)), "
      + "\(second) mean \(number(comparison.after.mean)) (n \(comparison.after.count)); "
      + "difference \(difference < 0 ? "" : "+")\(number(comparison.difference))\(margin) (\(how))"
  }
}
