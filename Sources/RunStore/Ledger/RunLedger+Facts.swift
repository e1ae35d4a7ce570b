internal import GRDB

/// What holds for the whole run, by name: its seed, digests of what it goes by, batch sizes and
/// threads as they were resolved.
extension RunLedger {
  /// The fact of that name.
  package func fact(_ name: String) throws -> String? {
    try read { try Self.fact(name, in: $0) }
  }

  /// All facts by name.
  package func facts() throws -> [String: String] {
    try read { database in
      let rows = try database.rows(of: FactRow.self, "")
      return Dictionary(rows.map { ($0.name, $0.value) }) { first, _ in first }
    }
  }

  /// Keeps a fact.
  ///
  /// - Throws: ``LedgerError/conflict(_:column:was:is:)`` where it is known otherwise.
  package func setFact(_ name: String, _ value: String) throws {
    try write { try $0.keep(FactRow(name: name, value: value)) }
  }

  /// The fact of that name as the run resolved it first; where it has not, what `resolve` says, which
  /// is kept.
  package func settledFact(_ name: String, _ resolve: () throws -> String) throws -> String {
    if let known = try fact(name) { return known }
    let value = try resolve()
    try setFact(name, value)
    return value
  }

  /// Keeps a fact that must be the same whenever the run goes on.
  ///
  /// - Parameter what: what people call it, at the start of a sentence.
  /// - Throws: ``LedgerError/changed(_:was:is:)``.
  package func requireFact(_ name: String, is value: String, what: String) throws {
    try write { database in
      if let known = try Self.fact(name, in: database), known != value {
        throw LedgerError.changed(what, was: known, is: value)
      }
      try database.keep(FactRow(name: name, value: value))
    }
  }

  private static func fact(_ name: String, in database: Database) throws -> String? {
    try database.rows(of: FactRow.self, "WHERE name = ?", [name]).first?.value
  }
}

/// A fact.
private struct FactRow: LedgerRow {
  static let table = "facts"
  static let key = ["name"]

  let name: String
  let value: String

  init(name: String, value: String) {
    self.name = name
    self.value = value
  }

  init(_ row: Row) {
    self.init(name: row["name"], value: row["value"])
  }

  var columns: [LedgerColumn] {
    [("name", name.databaseValue), ("value", value.databaseValue)]
  }
}
