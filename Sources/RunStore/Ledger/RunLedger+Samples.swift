internal import GRDB
package import RAFT

extension RunLedger {
  /// Keeps samples, all or none. Their files must be there already.
  ///
  /// - Throws: ``LedgerError/conflict(_:column:was:is:)``.
  package func record(samples: [SampleRow]) throws {
    try write { database in
      for row in samples { try database.keep(row) }
    }
  }

  /// Finds out whether one of `rows` would be refused, before its files are written.
  ///
  /// - Throws: ``LedgerError/conflict(_:column:was:is:)``.
  package func refuse(conflicting rows: [SampleRow]) throws {
    try read { database in
      for row in rows { _ = try database.found(SampleRow.self, with: row.columns) }
    }
  }

  /// The samples of a round, in the order of their addresses.
  package func samples(_ split: Split, round: Int) throws -> [SampleRow] {
    try rows(split, round)
  }

  /// Those samples of `addresses` that there are.
  package func samples(at addresses: [SampleAddress]) throws -> [SampleAddress: SampleRow] {
    let rows: [SampleRow] = try rows(at: addresses)
    return Dictionary(rows.map { ($0.address, $0) }) { first, _ in first }
  }

  /// Those samples that were made already from what is asked for.
  ///
  /// - Throws: ``LedgerError/conflict(_:column:was:is:)`` where a sample of the same address was made
  ///   from something else.
  package func samples(of facts: [SampleFacts]) throws -> [SampleAddress: SampleRow] {
    try read { database in
      var samples: [SampleAddress: SampleRow] = [:]
      for facts in facts {
        samples[facts.address] = try database.found(SampleRow.self, with: facts.columns)
      }
      return samples
    }
  }

  /// How many samples there are of a split, in one round or in all; failed ones are counted.
  package func sampleCount(_ split: Split, round: Int? = nil) throws -> Int {
    try read { database in
      let condition = "split = ? AND round = coalesce(?, round)"
      return try Int.fetchOne(
        database, sql: "SELECT count(*) FROM samples WHERE \(condition)",
        arguments: [split.rawValue, round]) ?? 0
    }
  }

  // MARK: Rows of an address

  /// The rows of a round's samples, in the order of their addresses, where `condition` holds.
  func rows<Value: LedgerRow>(
    _ split: Split, _ round: Int, _ condition: String = "TRUE",
    _ arguments: StatementArguments = []
  ) throws -> [Value] {
    try read { database in
      try database.rows(
        of: Value.self,
        "WHERE split = ? AND round = ? AND \(condition) ORDER BY prompt, k",
        [split.rawValue, round] + arguments)
    }
  }

  /// The rows of `addresses`, in their order, where `condition` holds.
  func rows<Value: LedgerRow>(
    at addresses: [SampleAddress], _ condition: String = "TRUE",
    _ arguments: StatementArguments = []
  ) throws -> [Value] {
    try read { database in
      try addresses.flatMap { address in
        try database.rows(
          of: Value.self,
          "WHERE split = ? AND round = ? AND prompt = ? AND k = ? AND \(condition)",
          StatementArguments(address.columns.map(\.value)) + arguments)
      }
    }
  }
}
