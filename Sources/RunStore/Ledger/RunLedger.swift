internal import Foundation
internal import GRDB

/// What a run has done, in one SQLite file: a memory by which a run that goes on repeats no work.
///
/// Every row has a key, is written once, and never changes; the same row written again is nothing,
/// and another of the same key an error (``LedgerError/conflict(_:column:was:is:)``). Each method is
/// one transaction.
package final class RunLedger: Sendable {
  /// The database file.
  package let path: String

  private let queue: DatabaseQueue

  /// Tells a ledger from other programs' SQLite files: "RAFT" in ASCII.
  static let application = 0x5241_4654

  /// Opens the ledger at `path`, which is made where there is none, and brings it to the present
  /// version.
  ///
  /// - Throws: ``LedgerError``; a file that is another program's, of a later version or damaged is
  ///   as it was then.
  package convenience init(_ path: String) throws {
    try self.init(path, scripts: LedgerTables.scripts)
  }

  /// Opens the ledger at `path`, which must be there.
  ///
  /// - Throws: ``LedgerError``.
  package convenience init(existing path: String) throws {
    guard access(path, F_OK) == 0 else { throw LedgerError.missing(path) }
    guard try Self.check(path, known: LedgerTables.scripts.count) > 0 else {
      throw LedgerError.damaged(path, reason: "nothing is in it")
    }
    try self.init(path)
  }

  /// Opens the ledger whose versions `scripts` make.
  package init(_ path: String, scripts: [String]) throws {
    self.path = path
    if access(path, F_OK) == 0 { try Self.check(path, known: scripts.count) }
    queue = try Self.told(path) {
      var configuration = Configuration()
      configuration.journalMode = .wal
      configuration.busyMode = .timeout(30)
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      // GRDB gives a database in WAL mode NORMAL, under which a loss of power may take back what was
      // committed last, and the work with it. A commit comes every few seconds: FULL costs nothing.
      try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      try queue.write { try Self.migrate($0, by: scripts) }
      return queue
    }
  }

  /// Opens the ledger at `path` to read from, also while a run writes into it.
  ///
  /// - Throws: ``LedgerError``, also for a ledger of an earlier version.
  package init(reading path: String) throws {
    guard access(path, F_OK) == 0 else { throw LedgerError.missing(path) }
    self.path = path
    let isAtRest = access(path + "-wal", F_OK) != 0
    let version = try Self.check(path, known: LedgerTables.scripts.count)
    guard version == LedgerTables.scripts.count else {
      throw LedgerError.unusable(
        path, reason: "it is of the earlier version \(version); go on with the run once by --resume"
      )
    }
    queue = try Self.told(path) {
      try isAtRest ? Self.queryOnly(path) : Self.readOnly(path)
    }
  }

  /// Closes the file. Nothing may be asked of the ledger afterwards.
  package func close() throws { try Self.told(path) { try queue.close() } }

  // MARK: Transactions

  /// Runs `body` in a transaction that reads.
  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try Self.told(path) { try queue.read(body) }
  }

  /// Runs `body` in a transaction that writes, all of it or nothing.
  func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try Self.told(path) { try queue.write(body) }
  }

  /// Runs `body`; what SQLite says becomes ours.
  private static func told<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let damage as Damage {
      throw LedgerError.damaged(path, reason: damage.reason)
    } catch let error as DatabaseError {
      throw failure(path, error)
    }
  }

  private static func failure(_ path: String, _ error: DatabaseError) -> LedgerError {
    switch error.resultCode {
    case .SQLITE_FULL:
      .unusable(path, reason: "the disk is full; free some space, then go on with --resume")
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN:
      .unusable(path, reason: "it may not be written to; check its permissions and its folder's")
    case .SQLITE_BUSY, .SQLITE_LOCKED: .busy(path)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT:
      .damaged(path, reason: error.message ?? "SQLite reports \(error.resultCode)")
    default: .unusable(path, reason: error.message ?? "SQLite reports \(error.resultCode)")
    }
  }

  // MARK: Opening

  private static func readOnly(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(30)
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  /// Reads a ledger in which nobody works. SQLite makes two files beside a database in WAL mode even
  /// where it only reads; only a connection that might write takes them away again when it closes.
  private static func queryOnly(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.busyMode = .timeout(30)
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA query_only = TRUE") }
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  /// Finds out whether the file at `path` is a ledger that can be used, without changing it.
  ///
  /// - Returns: its version; 0 for a database without anything in it.
  @discardableResult
  private static func check(_ path: String, known: Int) throws -> Int {
    try told(path) {
      let queue = try readOnly(path)
      defer { do { try queue.close() } catch {} }
      return try queue.read { database in
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        guard count > 0 else { return 0 }
        guard try Int.fetchOne(database, sql: "PRAGMA application_id") == application else {
          throw LedgerError.foreign(path)
        }
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version <= known else {
          throw LedgerError.newer(path, version: version, known: known)
        }
        let finding = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "ok"
        guard finding == "ok" else {
          throw Damage(finding.split(separator: "\n").joined(separator: "; "))
        }
        return version
      }
    }
  }

  /// Runs those of `scripts` that the database has not seen, in the transaction that it is in.
  private static func migrate(_ database: Database, by scripts: [String]) throws {
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard version < scripts.count else { return }
    for script in scripts[version...] { try database.execute(sql: script) }
    try database.execute(sql: "PRAGMA application_id = \(application)")
    try database.execute(sql: "PRAGMA user_version = \(scripts.count)")
  }
}
