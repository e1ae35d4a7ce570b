internal import Foundation
internal import GRDB

/// Scores of rewards that are slow or cost money; the rewards that are computed here are quick
/// enough once the embeddings are there.
extension RewardCache {
  /// What a reward of this passport gave for each of `inputs` before, in their order; nil where it
  /// was not asked. Only scores are kept, never failures.
  public func scores(of inputs: [RewardInput], passport: RewardPassport) throws -> [RewardOutcome?]
  {
    let passport = passport.digest
    return try read(or: inputs.map { _ in nil }) { database in
      let statement = try database.cachedStatement(
        sql: "SELECT score, details FROM scores WHERE image = ? AND request = ? AND passport = ?")
      return try inputs.map { input in
        let key = ScoreKey(input, passport: passport)
        guard
          let row = try Row.fetchOne(
            statement, arguments: [key.image, key.request, key.passport])
        else { return nil }
        let (score, text): (Double, String) = (row["score"], row["details"])
        guard
          let details = try? JSONDecoder().decode([String: Double].self, from: Data(text.utf8))
        else { return nil }
        return .score(score, details: details)
      }
    }
  }

  /// Keeps those of `outcomes` that are scores of `inputs`, in their order.
  public func store(
    _ outcomes: [RewardOutcome], of inputs: [RewardInput], passport: RewardPassport
  ) throws {
    let passport = passport.digest
    try write { database in
      let statement = try database.cachedStatement(
        sql: """
          INSERT OR REPLACE INTO scores (image, request, passport, score, details)
          VALUES (?, ?, ?, ?, ?)
          """)
      for case (let input, .score(let score, let details)) in zip(inputs, outcomes) {
        let text = String(decoding: try JSONEncoder().encode(details), as: UTF8.self)
        let key = ScoreKey(input, passport: passport)
        try statement.execute(arguments: [key.image, key.request, key.passport, score, text])
      }
    }
  }
}
