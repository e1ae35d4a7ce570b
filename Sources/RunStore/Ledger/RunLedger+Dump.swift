internal import GRDB

extension RunLedger {
  /// All that the ledger holds, a line a row, in an order of its own, without times and without
  /// what tells of interruptions: two runs of the same settings have the same, wherever they were
  /// interrupted.
  package func canonicalDump() throws -> String {
    try read { database in
      let tables = try String.fetchAll(
        database,
        sql: """
          SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
          ORDER BY name
          """)
      return try tables.map { try Self.lines(of: $0, in: database) }.joined()
    }
  }

  /// The rows of a table, in the order of all their columns.
  private static func lines(of table: String, in database: Database) throws -> String {
    // An event's number in the sequence counts interruptions too.
    let columns = try database.columns(in: table).map(\.name)
      .filter { !["time", "sequence"].contains($0) }.map { "\"\($0)\"" }.joined(separator: ", ")
    let kinds = EventRow.Kind.allCases.filter(\.tellsOfInterruption).map { "'\($0.rawValue)'" }
    let condition =
      table == "events" ? "WHERE kind NOT IN (\(kinds.joined(separator: ", ")))" : ""
    let rows = try Row.fetchCursor(
      database, sql: "SELECT \(columns) FROM \"\(table)\" \(condition) ORDER BY \(columns)")
    var lines = ""
    while let row = try rows.next() {
      lines += table + row.map { name, value in " \(name)=\(value.shown)" }.joined() + "\n"
    }
    return lines
  }
}
