import Files
import Foundation
import RAFT
import RunStore
import TestSupport
import Testing

/// A row is never there without its file.
@Suite("Keeping samples")
struct SampleKeepingTests {
  private struct Failure: Error {}

  @Test("a batch leaves its images, its latents and its rows")
  func batch() throws {
    try RunFixture.withRun { run, folder in
      let rows = try run.keep(RunFixture.batch(count: 4), batch: 2) {
        try RunFixture.write("latents", to: $0)
      }
      #expect(try run.ledger.samples(.train, round: 1) == rows)
      #expect(rows.map { $0.latents?.row } == [0, 1, 2, nil])
      #expect(rows.map(\.failure) == [nil, nil, nil, "its latents are NaN"])
      #expect(rows[0].image?.path == "rounds/001/images/000-00.png")
      #expect(rows[0].latents?.file.path == "rounds/001/latents/0002.safetensors")
      #expect(
        rows[0].latents?.file.digest == Digest.sha256(Array("latents".utf8)))
      #expect(try FolderListing.names(in: "\(folder)/rounds/001/latents") == ["0002.safetensors"])
      try run.verify(rows)
      // Evaluation keeps no latents.
      let dev = try run.keep(RunFixture.batch(.dev), batch: 0)
      #expect(dev.allSatisfy { $0.latents == nil })
      #expect(try run.keep([], batch: 1) { _ in throw Failure() } == [])
    }
  }

  @Test("where all samples failed there are no latents to write")
  func allFailed() throws {
    try RunFixture.withRun { run, _ in
      let rows = try run.keep(RunFixture.batch(count: 1), batch: 0) { _ in throw Failure() }
      #expect(rows.map(\.failure) == ["its latents are NaN"])
    }
  }

  @Test("the same batch again is nothing, and another of the same addresses replaces nothing")
  func again() throws {
    try RunFixture.withRun { run, _ in
      let samples = RunFixture.batch()
      let rows = try run.keep(samples, batch: 0) { try RunFixture.write("latents", to: $0) }
      let dump = try run.ledger.canonicalDump()
      #expect(
        try run.keep(samples, batch: 0) { try RunFixture.write("latents", to: $0) } == rows)
      // Other latents, another image, an image instead of a failure.
      let other = samples.map { MadeSample($0.facts, .image([9])) }
      for (samples, text) in [(samples, "another"), (other, "latents")] {
        #expect(
          message { try run.keep(samples, batch: 0) { try RunFixture.write(text, to: $0) } }
            .hasPrefix("the run has samples train/1/0/0 with the "))
        try run.verify(rows)
        #expect(try run.ledger.canonicalDump() == dump)
      }
    }
  }

  @Test(
    "where a file cannot be written there is no row", arguments: ["latents", "image", "folder"])
  func unwritable(_ what: String) throws {
    try RunFixture.withRun { run, folder in
      let kept = try run.keep(RunFixture.batch(prompt: 1), batch: 0) {
        try RunFixture.write("0", to: $0)
      }
      let blocked = "\(folder)/rounds/001/images/000-01.png"
      if what == "image" {
        try FileManager.default.createDirectory(
          atPath: blocked, withIntermediateDirectories: true)
      }
      if what == "folder" {
        try RunFixture.write("", to: "\(folder)/dev")
      }
      let split: Split = what == "folder" ? .dev : .train
      #expect(throws: (any Error).self) {
        try run.keep(RunFixture.batch(split), batch: 1) { path in
          if what == "latents" { throw Failure() }
          try RunFixture.write("1", to: path)
        }
      }
      #expect(try run.ledger.samples(.train, round: 1) == kept)
      #expect(try run.ledger.sampleCount(.dev) == 0)
      try run.verify(kept)
      #expect(
        try FolderListing.names(in: "\(folder)/rounds/001/latents") == ["0000.safetensors"])
      if what == "image" { #expect(rmdir(blocked) == 0) }
      if what == "folder" { #expect(unlink("\(folder)/dev") == 0) }
      try run.verify(
        run.keep(RunFixture.batch(split), batch: 1) { try RunFixture.write("1", to: $0) })
    }
  }

  @Test("where the rows cannot be committed there are none of the batch, and the rest stays")
  func failedCommit() throws {
    try withTemporaryFolder { folder in
      // A ledger that breaks off at the second row of a batch.
      let trigger = """
        CREATE TRIGGER breaking BEFORE INSERT ON samples WHEN new.prompt = 7 AND new.k = 1
        BEGIN SELECT RAISE(ABORT, 'broken off'); END
        """
      let path = "\(folder)/ledger.sqlite"
      do { try RunLedger(path, scripts: [LedgerTables.scripts[0] + trigger]).close() }
      try RunFixture.write("name: broken off", to: "\(folder)/recipe.yaml")
      let run = try RunDirectory.open(folder)
      let kept = try run.keep(RunFixture.batch(), batch: 0) { try RunFixture.write("0", to: $0) }
      let dump = try run.ledger.canonicalDump()
      #expect(throws: LedgerError.unusable(path, reason: "broken off")) {
        try run.keep(RunFixture.batch(prompt: 7), batch: 1) { try RunFixture.write("1", to: $0) }
      }
      #expect(try run.ledger.canonicalDump() == dump)
      try run.verify(kept)
    }
  }

  @Test("a file that changed or went is told by its path")
  func verification() throws {
    try RunFixture.withRun { run, folder in
      let rows = try run.keep(RunFixture.batch(), batch: 0) { try RunFixture.write("0", to: $0) }
      let latents = "\(folder)/rounds/001/latents/0000.safetensors"
      try RunFixture.write("1", to: latents)
      #expect(throws: RunStoreError.fileChanged(latents)) { try run.verify(rows) }
      try FileManager.default.removeItem(atPath: "\(folder)/rounds/001/images/000-00.png")
      #expect(throws: RunStoreError.fileMissing("\(folder)/rounds/001/images/000-00.png")) {
        try run.verify(rows)
      }
    }
  }

  @Test(
    "a full disk is called one, and leaves rows and files as they were",
    .enabled(if: RunFixture.canMount, "file systems may not be mounted here"))
  func fullDisk() throws {
    try RunFixture.withDisk("1m") { disk in
      let run = try RunDirectory.create(at: disk)
      try run.write(recipe: "x")
      let kept = try run.keep(RunFixture.batch(bytes: 1000), batch: 0)
      let dump = try run.ledger.canonicalDump()
      let image = "\(disk)/rounds/001/images/001-00.png"
      #expect(
        message { try run.keep(RunFixture.batch(prompt: 1, bytes: 1 << 21), batch: 1) }
          == "\(image) cannot be written: the disk is full; free some space or choose another folder"
      )
      try fill("\(disk)/filler")
      #expect(
        message { try run.ledger.record(samples: RunFixture.rows(1000, prompt: 2)) }
          == "\(disk)/ledger.sqlite cannot be used: the disk is full; free some space, "
          + "then go on with --resume")
      #expect(try run.ledger.canonicalDump() == dump)
      #expect(unlink("\(disk)/filler") == 0)
      try run.ledger.record(samples: RunFixture.rows(100, prompt: 2))
      try run.verify(kept)
    }
  }

  /// Makes a file that leaves the disk no page.
  private func fill(_ path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let page = [UInt8](repeating: 1, count: 4096)
    while write(descriptor, page, page.count) > 0 {}
  }
}
