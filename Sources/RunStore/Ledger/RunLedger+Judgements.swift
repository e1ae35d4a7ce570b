internal import GRDB
package import RAFT

/// What was found out about samples: scores, embeddings, divergences.
extension RunLedger {
  // MARK: Scores

  /// Keeps what rewards said of samples, and the passports that they go by, all or none.
  ///
  /// - Throws: ``LedgerError/conflict(_:column:was:is:)``, ``LedgerError/notFinite(_:column:)``.
  package func record(scores: [ScoreRow], by passports: [PassportRow]) throws {
    try write { database in
      for passport in passports { try database.keep(passport) }
      for row in scores { try database.keep(row) }
    }
  }

  /// What the reward of that name and passport said of a round's samples, in the order of their
  /// addresses. What a reward of the same name said under another passport does not count.
  package func scores(_ split: Split, round: Int, reward: String, passport: String) throws
    -> [ScoreRow]
  {
    try rows(split, round, "reward = ? AND passport = ?", [reward, passport])
  }

  /// What the reward of that name and passport said of those of `addresses` that it judged.
  package func scores(at addresses: [SampleAddress], reward: String, passport: String) throws
    -> [SampleAddress: ScoreRow]
  {
    let rows: [ScoreRow] = try rows(
      at: addresses, "reward = ? AND passport = ?", [reward, passport])
    return Dictionary(rows.map { ($0.address, $0) }) { first, _ in first }
  }

  /// The passport of that fingerprint.
  package func passport(_ fingerprint: String) throws -> PassportRow? {
    try read {
      try $0.rows(of: PassportRow.self, "WHERE fingerprint = ?", [fingerprint]).first
    }
  }

  // MARK: Embeddings

  /// Keeps vectors of images, all or none.
  ///
  /// - Throws: ``LedgerError/conflict(_:column:was:is:)``.
  package func record(embeddings: [EmbeddingRow]) throws {
    try write { database in
      for row in embeddings { try database.keep(row) }
    }
  }

  /// The vectors of a round's images under `model`, in the order of their addresses.
  package func embeddings(_ split: Split, round: Int, model: String) throws -> [EmbeddingRow] {
    try rows(split, round, "model = ?", [model])
  }

  /// The vectors under `model` of those of `addresses` that have one.
  package func embeddings(at addresses: [SampleAddress], model: String) throws
    -> [SampleAddress: EmbeddingRow]
  {
    let rows: [EmbeddingRow] = try rows(at: addresses, "model = ?", [model])
    return Dictionary(rows.map { ($0.address, $0) }) { first, _ in first }
  }

  // MARK: Divergences

  /// Keeps how far the model had moved at samples, all or none.
  ///
  /// - Throws: ``LedgerError/conflict(_:column:was:is:)``, ``LedgerError/notFinite(_:column:)``.
  package func record(divergences: [DivergenceRow]) throws {
    try write { database in
      for row in divergences { try database.keep(row) }
    }
  }

  /// How far `adapter` had moved the model at those of `addresses` that were measured.
  package func divergences(at addresses: [SampleAddress], adapter: String) throws
    -> [SampleAddress: Double]
  {
    let rows: [DivergenceRow] = try rows(at: addresses, "adapter = ?", [adapter])
    return Dictionary(rows.map { ($0.address, $0.value) }) { first, _ in first }
  }
}
