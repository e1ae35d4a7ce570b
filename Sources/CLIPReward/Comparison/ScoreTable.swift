/// Scores of one reward under one passport: the only things that may be compared.
public struct ScoreTable: Sendable, Equatable {
  /// An image's score.
  public struct Row: Sendable, Equatable {
    /// What results call the image.
    public let image: String
    /// SHA-256 of the image's file or pixels, where it is known.
    public let digest: String?
    /// What the image should show.
    public let prompt: String?
    /// The score.
    public let score: Double

    /// What images of two tables are paired by: the same prompt under the same file name, which
    /// tells the seed of images that were made here. The same pixels say nothing: under one
    /// passport they have the same score.
    var place: [String?] { [image.split(separator: "/").last.map(String.init), prompt] }

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
