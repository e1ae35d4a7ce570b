internal import GRDB

extension RunLedger {
  /// Keeps that something happened. What a run that goes on meets a second time is there once;
  /// interruptions are there each time.
  package func record(event: EventRow) throws {
    try write { database in
      let columns: StatementArguments = [event.round, event.kind.rawValue, event.content]
      let count =
        try Int.fetchOne(
          database,
          sql: "SELECT count(*) FROM events WHERE round = ? AND kind = ? AND content = ?",
          arguments: columns) ?? 0
      guard count == 0 || event.kind.tellsOfInterruption else { return }
      try database.execute(
        sql: "INSERT INTO events (round, kind, content) VALUES (?, ?, ?)", arguments: columns)
    }
  }

  /// What happened, of one kind or of all, the first first.
  package func events(_ kind: EventRow.Kind? = nil) throws -> [EventRow] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: "SELECT * FROM events WHERE kind = coalesce(?, kind) ORDER BY sequence",
        arguments: [kind?.rawValue]
      ).map { try EventRow($0) }
    }
  }
}
