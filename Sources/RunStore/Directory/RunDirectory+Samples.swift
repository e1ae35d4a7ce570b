internal import Files
internal import Foundation
internal import RAFT

extension RunDirectory {
  /// Keeps a batch of samples: its images and latents first, its rows last and all at once. A batch
  /// that is kept already is not written again; one that says otherwise replaces nothing.
  ///
  /// - Parameters:
  ///   - samples: what came of one batch, all of one split and round.
  ///   - batch: the batch's number in its split and round, which names the file of latents.
  ///   - latents: writes the latents `[B, 4, H, W]` of those samples that did not fail, in their
  ///     order, as a file of the path given; nil to keep none.
  /// - Returns: the rows.
  /// - Throws: ``LedgerError``, or `FileError` where something cannot be written; no row is there
  ///   then.
  @discardableResult
  package func keep(
    _ samples: [MadeSample], batch: Int, latents: ((_ path: String) throws -> Void)? = nil
  ) throws -> [SampleRow] {
    guard let first = samples.first?.address else { return [] }
    let isMade = samples.contains { $0.failure == nil }
    let stored = try isMade ? latents.map { try part(first, batch, $0) } : nil
    do {
      let rows = rows(samples, batch: batch, latents: stored?.file)
      try ledger.refuse(conflicting: rows)
      try write(samples)
      if let stored { try move(stored.temporary, to: paths.path(stored.file.path)) }
      try ledger.record(samples: rows)
      return rows
    } catch {
      if let stored { unlink(stored.temporary) }
      throw error
    }
  }

  /// Reads the files of `row` again.
  ///
  /// - Throws: ``RunStoreError/fileMissing(_:)`` or ``RunStoreError/fileChanged(_:)``.
  package func verify(_ row: SampleRow) throws {
    try row.image?.verify(in: paths.folder)
    try row.latents?.file.verify(in: paths.folder)
  }

  /// Reads the files of `rows` again, each once.
  ///
  /// - Throws: ``RunStoreError/fileMissing(_:)`` or ``RunStoreError/fileChanged(_:)``.
  package func verify(_ rows: [SampleRow]) throws {
    var seen: Set<String> = []
    for file in rows.flatMap({ [$0.image, $0.latents?.file].compactMap { $0 } })
    where seen.insert(file.path).inserted {
      try file.verify(in: paths.folder)
    }
  }

  private func rows(_ samples: [MadeSample], batch: Int, latents: StoredFile?) -> [SampleRow] {
    var place = 0
    return samples.map { sample in
      switch sample.content {
      case .failure(let reason):
        return SampleRow(sample.facts, batch: batch, .failed(reason))
      case .image(let bytes):
        let image = StoredFile(path: paths.image(sample.address), digest: Digest.sha256(bytes))
        let part = latents.map { SampleRow.Latents(file: $0, row: place) }
        place += 1
        return SampleRow(sample.facts, batch: batch, .made(image: image, latents: part))
      }
    }
  }

  private func write(_ samples: [MadeSample]) throws {
    for sample in samples {
      guard case .image(let bytes) = sample.content else { continue }
      let path = paths.path(paths.image(sample.address))
      try makeFolder(of: path)
      try AtomicFile.write(bytes, to: path)
    }
  }

  /// The latents of a batch under a temporary name, and the file that they will be.
  private func part(
    _ address: SampleAddress, _ batch: Int, _ write: (_ path: String) throws -> Void
  ) throws -> (temporary: String, file: StoredFile) {
    let path = paths.latents(address.round, of: address.split, batch: batch)
    let absolute = paths.path(path)
    try makeFolder(of: absolute)
    let url = URL(fileURLWithPath: absolute)
    let folder = absolute.dropLast(url.lastPathComponent.count)
    let temporary = "\(folder).\(url.lastPathComponent).0.partial"
    do {
      try write(temporary)
      return (temporary, StoredFile(path: path, digest: try StoredFile.digest(ofFile: temporary)))
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private func move(_ temporary: String, to path: String) throws {
    guard rename(temporary, path) == 0 else {
      throw FileError.unwritable(path, reason: String(cString: strerror(errno)))
    }
    AtomicFile.sync(folderOf: path)
  }
}
