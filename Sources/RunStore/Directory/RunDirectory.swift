internal import Files
internal import Foundation

/// A run's folder, open.
///
/// Files are written under temporary names, synced and renamed; the ledger's row comes last. So
/// what the ledger tells is there, whenever the process ends.
package final class RunDirectory: Sendable {
  /// Where everything is.
  package let paths: RunPaths

  /// What was sampled, scored, selected and trained.
  package let ledger: RunLedger

  /// nil for a run that is only read.
  private let lock: RunLock?

  private init(_ paths: RunPaths, _ ledger: RunLedger, _ lock: RunLock?) {
    self.paths = paths
    self.ledger = ledger
    self.lock = lock
  }

  // MARK: Beginning

  /// Makes the folder for a new run and keeps other processes out. It is a run once its recipe is
  /// written, by ``write(recipe:)``; what was left of a beginning that did not come so far is
  /// removed: it may have settled other things.
  ///
  /// - Throws: ``RunStoreError`` where there is a run, or anything else, or where nothing can be
  ///   written; ``LedgerError``.
  package static func create(at path: String) throws -> RunDirectory {
    let paths = RunPaths(path)
    try refuseUnlessNew(paths)
    do {
      try FileManager.default.createDirectory(
        atPath: paths.folder, withIntermediateDirectories: true)
    } catch {
      throw RunStoreError.unwritable(
        paths.folder, reason: "it cannot be made; check the path and its permissions")
    }
    let lock = try RunLock(paths)
    // Another process may have begun a run, and ended, before the lock was taken.
    try refuseUnlessNew(paths)
    removeLedger(paths)
    return RunDirectory(paths, try RunLedger(paths.ledger), lock)
  }

  /// Finds out, without making anything, whether a run may begin in the folder at `path`.
  package static func refuseUnlessNew(at path: String) throws {
    try refuseUnlessNew(RunPaths(path))
  }

  private static func refuseUnlessNew(_ paths: RunPaths) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: paths.folder, isDirectory: &isFolder) else {
      return
    }
    guard isFolder.boolValue else { throw RunStoreError.notAFolder(paths.folder) }
    let names = try FolderListing.names(in: paths.folder)
    if names.contains(RunPaths.recipeName) { throw RunStoreError.exists(paths.folder) }
    let beginnings = ledgerNames + [RunPaths.lockName]
    guard names.allSatisfy({ beginnings.contains($0) || Leftovers.isTemporary($0) }) else {
      throw RunStoreError.notEmpty(paths.folder)
    }
  }

  /// Writes the run's settings, for people and for a resume.
  package func write(recipe text: String) throws {
    try AtomicFile.write(Array(text.utf8), to: paths.recipe)
  }

  /// Removes what ``create(at:)`` made, where no recipe has been written: the run did not begin.
  /// Nothing may use it afterwards.
  package func abandon() throws {
    guard access(paths.recipe, F_OK) != 0 else { return }
    try ledger.close()
    Self.removeLedger(paths)
    unlink(paths.lock)
    // Fails where the user has put something into it meanwhile, which stays.
    rmdir(paths.folder)
  }

  private static func removeLedger(_ paths: RunPaths) {
    for name in ledgerNames { unlink(paths.path(name)) }
  }

  /// The ledger and what SQLite writes beside it.
  private static let ledgerNames = ["", "-wal", "-shm"].map { RunPaths.ledgerName + $0 }

  // MARK: Going on

  /// Opens the run at `path` to go on with it, keeps other processes out, and removes what was
  /// written in part when it ended.
  ///
  /// - Throws: ``RunStoreError``, ``LedgerError``.
  package static func open(_ path: String) throws -> RunDirectory {
    let paths = try existing(path)
    let lock = try RunLock(paths)
    let ledger = try RunLedger(existing: paths.ledger)
    try Leftovers.clear(paths.folder)
    return RunDirectory(paths, ledger, lock)
  }

  /// Opens the run at `path` to look at, while another process may work in it.
  ///
  /// - Throws: ``RunStoreError``, ``LedgerError``.
  package static func read(_ path: String) throws -> RunDirectory {
    let paths = try existing(path)
    return RunDirectory(paths, try RunLedger(reading: paths.ledger), nil)
  }

  private static func existing(_ path: String) throws -> RunPaths {
    let paths = RunPaths(path)
    guard access(paths.recipe, F_OK) == 0 else { throw RunStoreError.noRun(paths.folder) }
    guard access(paths.ledger, F_OK) == 0 else { throw RunStoreError.fileMissing(paths.ledger) }
    return paths
  }
}
