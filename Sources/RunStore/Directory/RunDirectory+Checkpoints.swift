internal import Files
internal import Foundation

extension RunDirectory {
  /// Writes a round's checkpoint as a whole: there is the one before or the new one, never a part.
  /// It may be written several times while the round trains.
  ///
  /// - Parameter body: writes the files at the paths it is given, in a temporary folder; their
  ///   digests are added.
  /// - Throws: `FileError`, or what `body` throws; the one before is as it was then.
  package func writeCheckpoint(
    _ round: Int, _ body: (_ temporary: CheckpointPaths) throws -> Void
  ) throws {
    let path = paths.checkpoint(round).folder
    try makeFolder(of: path)
    try AtomicFolder.write(to: path) { temporary in
      try body(CheckpointPaths(folder: temporary, run: paths.name))
      try Checksums.write(in: temporary)
    }
  }

  /// A round's checkpoint, all its files read again; nil where there is none.
  ///
  /// - Throws: ``RunStoreError`` where a file is gone or has other bytes.
  package func checkpoint(_ round: Int) throws -> CheckpointPaths? {
    let checkpoint = paths.checkpoint(round)
    guard access(checkpoint.folder, F_OK) == 0 else { return nil }
    try Checksums.verify(checkpoint.folder)
    return checkpoint
  }

  /// Points `best` at the checkpoint of `round`, in one step. The link is relative, so that the
  /// run's folder may be moved.
  package func setBest(round: Int) throws {
    let random = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    let temporary = paths.path(".best.\(random).partial")
    guard symlink(paths.checkpointName(round), temporary) == 0, rename(temporary, paths.best) == 0
    else {
      let reason = String(cString: strerror(errno))
      unlink(temporary)
      throw FileError.unwritable(paths.best, reason: reason)
    }
    AtomicFile.sync(folderOf: paths.best)
  }

  /// The round whose checkpoint `best` points at; nil where there is no such link.
  package func bestRound() -> Int? {
    // What cannot be read as a link is none.
    let target = try? FileManager.default.destinationOfSymbolicLink(atPath: paths.best)
    guard let target, let round = target.split(separator: "/").last.flatMap({ Int($0) }),
      target == paths.checkpointName(round)
    else { return nil }
    return round
  }

  /// Makes the folder that `path` lies in, where it is not there.
  package func makeFolder(of path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw RunStoreError.unwritable(folder, reason: Self.reason(error))
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileWriteOutOfSpace: "the disk is full; free some space, then go on with --resume"
    case .fileWriteNoPermission, .fileWriteVolumeReadOnly:
      "it does not allow it; change its permissions, then go on with --resume"
    default: "it cannot be made; check the path and its permissions"
    }
  }
}
