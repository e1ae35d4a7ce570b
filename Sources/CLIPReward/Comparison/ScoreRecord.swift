internal import Files
internal import Foundation

/// An image's scores as `score --json` prints them, one line an image.
public struct ScoreRecord: Codable, Sendable, Equatable {
  /// A passport under its short name.
  public struct Passport: Codable, Sendable, Equatable {
    /// The first 12 digits of the passport's digest.
    public let fingerprint: String
    /// The kind of reward.
    public let reward: String
    /// What the score depends on.
    public let facts: [String: String]

    /// The passport as results hold it.
    public init(_ passport: RewardPassport) {
      fingerprint = passport.fingerprint
      reward = passport.reward
      facts = passport.facts
    }

    /// The passport itself.
    public var passport: RewardPassport { RewardPassport(reward: reward, facts: facts) }
  }

  /// The image's path, as it was given.
  public let image: String
  /// SHA-256 of the file; nil where it cannot be read.
  public let digest: String?
  /// What the image should show; nil where nobody knows.
  public let prompt: String?
  /// The scores by the rewards' names, as far as there are.
  public let scores: [String: Double]
  /// The score that ranks the image: of the only reward, or of all of them mixed; nil for an
  /// excluded image.
  public let score: Double?
  /// What else rewards tell, by their names.
  public let details: [String: [String: Double]]
  /// Why the image has no score.
  public let excluded: String?
  /// The same in one word.
  public let exclusion: String?
  /// The passports of all scores, by the rewards' names.
  public let passports: [String: Passport]

  /// A line of results.
  public init(
    image: String, digest: String?, prompt: String?, scores: [String: Double], score: Double?,
    details: [String: [String: Double]], excluded: ExclusionReason?,
    passports: [String: Passport]
  ) {
    self.image = image
    self.digest = digest
    self.prompt = prompt
    self.scores = scores
    self.score = score
    self.details = details
    self.excluded = excluded?.description
    exclusion = excluded?.kind
    self.passports = passports
  }

  enum CodingKeys: String, CodingKey {
    case image, prompt, scores, score, details, excluded, exclusion, passports
    case digest = "sha256"
  }

  /// Encodes every key; what is absent is null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(image, forKey: .image)
    try container.encode(digest, forKey: .digest)
    try container.encode(prompt, forKey: .prompt)
    try container.encode(scores, forKey: .scores)
    try container.encode(score, forKey: .score)
    try container.encode(details, forKey: .details)
    try container.encode(excluded, forKey: .excluded)
    try container.encode(exclusion, forKey: .exclusion)
    try container.encode(passports, forKey: .passports)
  }

  /// The most bytes of a file of results that are read, 1 GiB.
  private static let limit = 1 << 30

  /// The results in the file at `path`, in its order.
  ///
  /// - Throws: ``RewardError/notResults(file:line:reason:)``; `FileError`.
  public static func read(_ path: String) throws -> [ScoreRecord] {
    let bytes = try WholeFile.bytes(of: path, limit: limit)
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    var records: [ScoreRecord] = []
    for (index, line) in lines.enumerated() where line.contains(where: { $0 > 0x20 }) {
      do {
        records.append(try JSONDecoder().decode(ScoreRecord.self, from: Data(line)))
      } catch {
        throw RewardError.notResults(
          file: path, line: index + 1, reason: "it is not a line of scores")
      }
    }
    guard !records.isEmpty else {
      throw RewardError.notResults(file: path, line: 1, reason: "there is no line of scores")
    }
    return records
  }

  /// The scores of `reward` in `records`.
  ///
  /// - Parameters:
  ///   - source: what messages call the records.
  ///   - excluded: whether images count that have this score and are left out for another reason,
  ///     such as a floor or a failure of another reward.
  /// - Throws: ``RewardError/mixedPassports(reward:first:second:differences:)`` where not all have
  ///   one passport, ``RewardError/nothingToCompare(file:reward:)`` where there is none.
  public static func table(
    of reward: String, in records: [ScoreRecord], from source: String,
    includingExcluded excluded: Bool = false
  ) throws -> ScoreTable {
    var table: ScoreTable?
    for record in records where excluded || record.excluded == nil {
      guard let score = record.scores[reward], let passport = record.passports[reward]?.passport
      else { continue }
      let row = ScoreTable.Row(
        image: record.image, digest: record.digest, prompt: record.prompt, score: score)
      if table == nil { table = ScoreTable(source: source, reward: reward, passport: passport) }
      try table?.add([row], passport: passport, from: "\(source) (\(record.image))")
    }
    guard let table else { throw RewardError.nothingToCompare(file: source, reward: reward) }
    return table
  }
}
