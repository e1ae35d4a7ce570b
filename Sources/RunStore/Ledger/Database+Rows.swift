internal import Files
internal import Foundation
internal import GRDB

extension Database {
  /// Writes `row`, unless it is there.
  ///
  /// - Throws: ``LedgerError/conflict(_:column:was:is:)`` where there is another of the same key;
  ///   ``LedgerError/notFinite(_:column:)``.
  func keep<Value: LedgerRow>(_ row: Value) throws {
    let columns = try row.columns
    if try found(Value.self, with: columns) != nil { return }
    let names = columns.map(\.name).joined(separator: ", ")
    let marks = columns.map { _ in "?" }.joined(separator: ", ")
    let statement = try cachedStatement(
      sql: "INSERT INTO \(Value.table) (\(names)) VALUES (\(marks))")
    try statement.execute(arguments: StatementArguments(columns.map(\.value)))
  }

  /// The row whose key is among `columns`; nil where there is none.
  ///
  /// - Throws: ``LedgerError/conflict(_:column:was:is:)`` where it has another value in one of
  ///   `columns`; ``LedgerError/notFinite(_:column:)``.
  func found<Value: LedgerRow>(_: Value.Type, with columns: [LedgerColumn]) throws -> Value? {
    let key = columns.filter { Value.key.contains($0.name) }
    for case (let name, let value) in columns {
      // SQLite would take NaN for NULL, and give infinity back as a number.
      guard (Double.fromDatabaseValue(value) ?? 0).isFinite else {
        throw LedgerError.notFinite(Self.name(of: Value.table, key), column: name)
      }
    }
    let condition = Value.key.map { "\($0) = ?" }.joined(separator: " AND ")
    let statement = try cachedStatement(sql: "SELECT * FROM \(Value.table) WHERE \(condition)")
    let arguments = StatementArguments(
      Value.key.map { column in key.first { $0.name == column }?.value ?? .null })
    guard let old = try Row.fetchOne(statement, arguments: arguments) else { return nil }
    for case (let name, let value) in columns {
      let known: DatabaseValue = old[name]
      guard known == value else {
        throw LedgerError.conflict(
          Self.name(of: Value.table, key), column: name, was: known.shown, is: value.shown)
      }
    }
    return try Value(old)
  }

  /// Reads the rows that `condition` and what follows it choose.
  func rows<Value: LedgerRow>(
    of _: Value.Type, _ condition: String, _ arguments: StatementArguments = []
  ) throws -> [Value] {
    let statement = try cachedStatement(sql: "SELECT * FROM \(Value.table) \(condition)")
    return try Row.fetchAll(statement, arguments: arguments).map { try Value($0) }
  }

  /// What people call a row: its table and key.
  private static func name(of table: String, _ key: [LedgerColumn]) -> String {
    "\(table) " + key.map(\.value.shown).joined(separator: "/")
  }
}

extension DatabaseValue {
  /// The value in one spelling: numbers as Swift writes them, so that they are read back the same,
  /// texts in quotes, bytes by their digest.
  var shown: String {
    switch storage {
    case .null: "null"
    case .int64(let value): String(value)
    case .double(let value): String(value)
    case .string(let value): value.debugDescription
    case .blob(let value): "sha256:\(Digest.sha256(value))"
    }
  }
}
