internal import GRDB
package import RAFT

/// What a reward said of a sample.
package struct ScoreRow: Sendable, Equatable, Codable {
  /// Which sample.
  package let address: SampleAddress

  /// What the reward is called.
  package let reward: String

  /// The fingerprint of the reward's passport.
  package let passport: String

  /// What it said. A failure is kept too: a resume must not judge otherwise than the run did.
  package let judgement: Judgement

  /// What else it told, as a JSON object.
  package let details: String

  /// The judgement of a reward, which goes by the passport of that fingerprint.
  package init(
    _ address: SampleAddress, reward: String, passport: String, _ judgement: Judgement,
    details: String = "{}"
  ) {
    self.address = address
    self.reward = reward
    self.passport = passport
    self.judgement = judgement
    self.details = details
  }
}

extension ScoreRow: LedgerRow {
  static let table = "scores"
  static let key = SampleAddress.columns + ["reward", "passport"]

  init(_ row: Row) throws {
    address = try SampleAddress(row)
    reward = row["reward"]
    passport = row["passport"]
    details = row["details"]
    if let score: Double = row["score"] {
      judgement = .score(score)
    } else {
      judgement = .excluded(row["excluded"])
    }
  }

  var columns: [LedgerColumn] {
    let reason: String? =
      if case .excluded(let reason) = judgement { reason } else { nil }
    return address.columns + [
      ("reward", reward.databaseValue),
      ("passport", passport.databaseValue),
      ("score", judgement.score.databaseValue),
      ("excluded", reason.databaseValue),
      ("details", details.databaseValue),
    ]
  }
}
