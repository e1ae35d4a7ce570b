internal import GRDB
package import RAFT

/// Whether a round learned from a sample, and why.
package struct SelectionRow: Sendable, Equatable, Codable {
  /// The round that selected; a sample that is replayed is of an earlier one.
  package let round: Int

  /// Which sample.
  package let address: SampleAddress

  /// Its place among what was selected, from 0; nil where it was not.
  package let rank: Int?

  /// What it was ranked by, the score less β·d; nil where it was excluded.
  package let key: Double?

  /// Why it was selected, or why not.
  package let reason: String

  /// The fate of a sample in a round.
  package init(round: Int, _ address: SampleAddress, rank: Int?, key: Double?, reason: String) {
    self.round = round
    self.address = address
    self.rank = rank
    self.key = key
    self.reason = reason
  }
}

extension SelectionRow: LedgerRow {
  static let table = "selected"
  static let key = ["selecting_round"] + SampleAddress.columns

  init(_ row: Row) throws {
    round = row["selecting_round"]
    address = try SampleAddress(row)
    rank = row["rank"]
    key = row["ranking_key"]
    reason = row["reason"]
  }

  var columns: [LedgerColumn] {
    [("selecting_round", round.databaseValue)] + address.columns + [
      ("rank", rank.databaseValue),
      ("ranking_key", key.databaseValue),
      ("reason", reason.databaseValue),
    ]
  }
}
