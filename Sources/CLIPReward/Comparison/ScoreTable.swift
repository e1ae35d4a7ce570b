/// Scores of one reward under one passport: the only things that may be compared.
public struct ScoreTable: Sendable, Equatable {
  /// An image's score.
  public struct Row: Sendable, Equatable {
    /// What results call the image.
    public let image: String
    /// SHA-256 of the image's file or pixels, where it is known; rows are paired by it.
    public let digest: String?
    /// What the image should show.
    public let prompt: String?
    /// The score.
    public let score: Double

    /// A row.
    public init(image: String, digest: String? = nil, prompt: String? = nil, score: Double) {
      self.image = image
      self.digest = digest
      self.prompt = prompt
      self.score = score
    }
  }

  /// What messages call the scores: their file, or "these images".
  public let source: String
  /// The reward's name in results.
  public let reward: String
  /// What all rows were scored under.
  public let passport: RewardPassport
  /// The rows, in their order.
  public private(set) var rows: [Row]

  /// A table of rows that one reward gave.
  public init(source: String, reward: String, passport: RewardPassport, rows: [Row] = []) {
    self.source = source
    self.reward = reward
    self.passport = passport
    self.rows = rows
  }

  /// Takes in rows that were scored under `passport`.
  ///
  /// - Throws: ``RewardError/mixedPassports(reward:first:second:differences:)`` where that is not
  ///   the table's.
  public mutating func add(_ rows: [Row], passport: RewardPassport, from source: String) throws {
    try check(passport, from: source)
    self.rows += rows
  }

  /// The rows' summary.
  public var summary: ScoreSummary { ScoreSummary(rows.map(\.score)) }

  /// How the scores of `other` differ from these.
  ///
  /// - Throws: ``RewardError/mixedPassports(reward:first:second:differences:)`` where the two are
  ///   not on one scale.
  public func comparison(with other: ScoreTable) throws -> ScoreComparison {
    try check(other.passport, from: other.source)
    return ScoreComparison(self, other)
  }

  /// Refuses a passport that is not the table's.
  public func check(_ passport: RewardPassport, from source: String) throws {
    guard passport == self.passport else {
      throw RewardError.mixedPassports(
        reward: reward, first: self.source, second: source,
        differences: self.passport.differences(from: passport))
    }
  }
}

/// Two tables of one passport side by side.
public struct ScoreComparison: Sendable, Equatable {
  /// The scores before, and those after.
  public let before: ScoreSummary
  public let after: ScoreSummary

  /// The mean of `after` minus that of `before`.
  public let difference: Double?

  /// Half the width of the difference's 95 % interval (normal approximation); over pairs where all
  /// images of the smaller table are in the other, else over two independent groups.
  public let margin: Double?

  /// How many images are in both; nil where the tables are compared as two groups.
  public let pairs: Int?

  init(_ first: ScoreTable, _ second: ScoreTable) {
    (before, after) = (first.summary, second.summary)
    let key = { (row: ScoreTable.Row) in "\(row.digest ?? row.image)\n\(row.prompt ?? "")" }
    let earlier = Dictionary(
      first.rows.map { (key($0), $0.score) }, uniquingKeysWith: { one, _ in one })
    let changes = second.rows.compactMap { row in earlier[key(row)].map { row.score - $0 } }
    let isPaired =
      !changes.isEmpty && changes.count == min(earlier.count, second.rows.count)
    if isPaired {
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
}
