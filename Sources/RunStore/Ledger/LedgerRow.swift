internal import GRDB
internal import RAFT

/// A column's name and what a row has there.
typealias LedgerColumn = (name: String, value: DatabaseValue)

/// A value that is one row of a table. A row is written once and is never replaced by another.
protocol LedgerRow {
  /// The table's name.
  static var table: String { get }

  /// The columns that tell rows apart.
  static var key: [String] { get }

  /// The value that `row` holds.
  init(_ row: Row) throws

  /// What the row holds, but for the time at which it was written.
  var columns: [LedgerColumn] { get throws }
}

/// Something in the database that nothing here has written so.
struct Damage: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

extension SampleAddress {
  /// The columns of an address, in every table that has one.
  static let columns = ["split", "round", "prompt", "k"]

  /// The address in the columns of `row`.
  init(_ row: Row) throws {
    let name: String = row["split"]
    guard let split = Split(rawValue: name) else { throw Damage("a row is of an unknown split") }
    self.init(split: split, round: row["round"], prompt: row["prompt"], index: row["k"])
  }

  /// What its columns hold.
  var columns: [LedgerColumn] {
    [
      ("split", split.rawValue.databaseValue), ("round", round.databaseValue),
      ("prompt", prompt.databaseValue), ("k", index.databaseValue),
    ]
  }
}
