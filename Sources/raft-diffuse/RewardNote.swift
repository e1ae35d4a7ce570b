internal import CLIPReward

/// How an image was judged: a part of its record.
struct RewardNote: Codable, Equatable {
  /// What ranks it; nil where it has no score.
  let score: Double?

  /// The scores by the rewards' names.
  let scores: [String: Double]

  /// Its place among its prompt's images, from 1; nil where it has no score.
  let rank: Int?

  /// How many images of its prompt there are.
  let of: Int

  /// Whether it is among the best.
  let isKept: Bool

  /// Why it has no score.
  let excluded: String?

  /// The same in one word.
  let exclusion: String?

  /// What the scores depend on, by the rewards' names.
  let passports: [String: ScoreRecord.Passport]

  /// Whether there is a file of it; no part of the record, which is in the file.
  var isWritten = true

  enum CodingKeys: String, CodingKey {
    case score, scores, rank, of, excluded, exclusion, passports
    case isKept = "kept"
  }

  /// A judgement.
  init(
    _ image: ScoredImage, _ passports: [String: ScoreRecord.Passport], rank: Int?, of count: Int,
    isKept: Bool, isWritten: Bool
  ) {
    score = image.score
    scores = image.outcomes.compactMapValues(\.score)
    self.rank = rank
    of = count
    self.isKept = isKept
    excluded = image.exclusion?.description
    exclusion = image.exclusion?.kind
    self.passports = passports
    self.isWritten = isWritten
  }
}
