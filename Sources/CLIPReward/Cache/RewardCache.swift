internal import Files
internal import Foundation
internal import GRDB

/// What earlier runs computed, in one SQLite file: digests of files, facts and embeddings of
/// images, scores of slow rewards.
///
/// Everything goes by content (SHA-256), so moving or renaming images loses nothing, and by the
/// whole passport of what computed it. Several processes may use one cache at once. A file that is
/// damaged, or of another version, is set aside under the name `….damaged` and begun anew: what it
/// held can be computed again. So an optional cache that cannot be used any more ends no run.
public final class RewardCache {
  /// The database file.
  public let path: String

  private let report: (String) -> Void
  private let isOptional: Bool
  private var hasFailed = false
  private let lock: String
  private var queue: DatabaseQueue
  private var identity: UInt64

  /// The version of the tables, in the file's name and in the file.
  static let version = 1

  /// Opens the cache in `folder`, which is made if absent.
  ///
  /// - Parameters:
  ///   - isOptional: whether a cache that fails later on, as on a full disk, is done without.
  ///   - report: gets a sentence where the cache had to be begun anew, or is done without.
  /// - Throws: ``RewardError/cache(_:reason:)`` where the folder cannot be used.
  public init(
    folder: String, isOptional: Bool = false, report: @escaping (String) -> Void = { _ in }
  ) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw RewardError.cache(folder, reason: "the folder cannot be made")
    }
    let path = "\(folder)/rewards-v\(Self.version).sqlite"
    let lock = "\(folder)/rewards-v\(Self.version).lock"
    self.path = path
    self.lock = lock
    self.report = report
    self.isOptional = isOptional
    (queue, identity) = try Self.locked(lock) { try Self.openOrRebuild(path, report) }
  }

  /// Where caches are by default: `$XDG_CACHE_HOME/raft-diffuse`, else `~/.cache/raft-diffuse`; nil
  /// where neither is known.
  public static func defaultFolder(_ environment: [String: String]) -> String? {
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
      return "\(cache)/raft-diffuse"
    }
    return environment["HOME"].map { "\($0)/.cache/raft-diffuse" }
  }

  // MARK: Transactions

  /// Runs `body` in a transaction that reads; `nothing` is what a cache gives that is done without.
  func read<Value>(or nothing: Value, _ body: (Database) throws -> Value) throws -> Value {
    try orWithout(nothing) { try access { try queue.read(body) } }
  }

  /// Runs `body` in a transaction that writes, all of it or nothing.
  func write(_ body: (Database) throws -> Void) throws {
    try orWithout(()) { try access { try queue.write(body) } }
  }

  private func orWithout<Value>(_ nothing: Value, _ body: () throws -> Value) throws -> Value {
    guard !hasFailed else { return nothing }
    do {
      return try body()
    } catch let error as RewardError where isOptional {
      hasFailed = true
      report("\(error); going on without one")
      return nothing
    }
  }

  /// Runs `body`, a second time on a new file where the first shows that this one is damaged.
  private func access<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as DatabaseError where Self.isDamage(error) {
      try rebuild()
      do {
        return try body()
      } catch let error as DatabaseError {
        throw Self.failure(path, error)
      }
    } catch let error as DatabaseError {
      throw Self.failure(path, error)
    }
  }

  private func rebuild() throws {
    try? queue.close()
    (queue, identity) = try Self.locked(lock) {
      // Another process may have found the damage first.
      if Self.identity(of: path) == identity { try Self.setAside(path, "is damaged", report) }
      return try Self.openOrRebuild(path, report)
    }
  }

  // MARK: Opening

  private static func openOrRebuild(_ path: String, _ report: (String) -> Void) throws
    -> (DatabaseQueue, UInt64)
  {
    do {
      if let opened = try open(path) { return (opened, identity(of: path)) }
      try setAside(path, "is of another version", report)
    } catch let error as DatabaseError where isDamage(error) {
      try setAside(path, "is damaged", report)
    } catch let error as DatabaseError {
      throw failure(path, error)
    }
    do {
      guard let opened = try open(path) else {
        throw RewardError.cache(path, reason: "it is of another version")
      }
      return (opened, identity(of: path))
    } catch let error as DatabaseError {
      throw failure(path, error)
    }
  }

  /// The database at `path`, its tables made where there are none; nil where they are of another
  /// version.
  private static func open(_ path: String) throws -> DatabaseQueue? {
    var configuration = Configuration()
    configuration.journalMode = .wal
    configuration.busyMode = .timeout(30)
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    let isOurs = try queue.write { database in
      let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
      if found == 0 {
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        guard count == 0 else { return false }
        for table in tables { try database.execute(sql: table) }
        try database.execute(sql: "PRAGMA user_version = \(version)")
      }
      return found == 0 || found == version
    }
    guard isOurs else {
      try queue.close()
      return nil
    }
    return queue
  }

  private static let tables = [
    """
    CREATE TABLE files (path TEXT PRIMARY KEY, signature TEXT NOT NULL, digest TEXT NOT NULL)
    WITHOUT ROWID
    """,
    "CREATE TABLE images (digest TEXT PRIMARY KEY, facts TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE prompts (digest TEXT PRIMARY KEY, prompt TEXT) WITHOUT ROWID",
    """
    CREATE TABLE embeddings (subject TEXT NOT NULL, model TEXT NOT NULL, vector BLOB NOT NULL,
    PRIMARY KEY (subject, model))
    """,
    """
    CREATE TABLE scores (image TEXT NOT NULL, request TEXT NOT NULL, passport TEXT NOT NULL,
    score REAL NOT NULL, details TEXT NOT NULL, PRIMARY KEY (image, request, passport))
    """,
  ]

  /// Names `path` `….damaged`, so that a new file can take its place.
  private static func setAside(_ path: String, _ what: String, _ report: (String) -> Void) throws {
    guard rename(path, path + ".damaged") == 0 else {
      throw RewardError.cache(path, reason: "it \(what) and cannot be set aside")
    }
    unlink(path + "-wal")
    unlink(path + "-shm")
    report("the cache \(path) \(what); it was set aside as \(path).damaged and is begun anew")
  }

  private static func isDamage(_ error: DatabaseError) -> Bool {
    switch error.resultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_SCHEMA: true
    // A table or column that is not there: another program's file under our name.
    case .SQLITE_ERROR: error.message?.hasPrefix("no such") ?? false
    default: false
    }
  }

  private static func failure(_ path: String, _ error: DatabaseError) -> RewardError {
    let reason =
      switch error.resultCode {
      case .SQLITE_FULL: "the disk is full"
      case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN: "it may not be written to"
      case .SQLITE_BUSY, .SQLITE_LOCKED: "another process keeps it locked"
      default: error.message ?? "SQLite reports \(error.resultCode)"
      }
    return .cache(path, reason: reason)
  }

  /// What tells a file at `path` from the next one there.
  private static func identity(of path: String) -> UInt64 {
    var status = stat()
    return stat(path, &status) == 0 ? UInt64(status.st_ino) : 0
  }

  /// Runs `body` while no other process opens or replaces the cache.
  private static func locked<Value>(_ lock: String, _ body: () throws -> Value) throws -> Value {
    let descriptor = Foundation.open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw RewardError.cache(lock, reason: "it may not be written to")
    }
    defer { close(descriptor) }
    // A file system without locks has no second process either, as a rule.
    while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    return try body()
  }
}
