import Files
import Foundation
import RAFT
import RunStore
import TestSupport
import Testing

@Suite("The ledger's file")
struct LedgerFileTests {
  @Test("an earlier version is brought to the present one, and loses nothing")
  func migration() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/ledger.sqlite"
      do {
        let ledger = try RunLedger(path)
        try ledger.setFact("seed", "1")
        try ledger.close()
      }
      let next = LedgerTables.scripts + ["ALTER TABLE facts ADD COLUMN unit TEXT"]
      for _ in 0..<2 {
        let ledger = try RunLedger(path, scripts: next)
        #expect(try ledger.canonicalDump() == "facts name=\"seed\" value=\"1\" unit=null\n")
        try ledger.close()
      }
    }
  }

  @Test("a step to the next version that fails leaves the version before")
  func failedMigration() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/ledger.sqlite"
      do { try RunLedger(path).close() }
      let next = LedgerTables.scripts + ["CREATE TABLE extra (a INTEGER); not SQL"]
      #expect(throws: LedgerError.self) { try RunLedger(path, scripts: next) }
      #expect(try RunLedger(path).canonicalDump() == "")
    }
  }

  @Test("a later version names both versions, and stays as it is")
  func newer() throws {
    try refuses(
      "is of version 2, and this program knows version 1 at most; "
        + "use the newer raft-diffuse that wrote it"
    ) { path in
      try RunLedger(path, scripts: LedgerTables.scripts + ["CREATE TABLE extra (a)"]).close()
    }
  }

  @Test("another program's database is told apart, and stays as it is")
  func foreign() throws {
    try refuses("is another program's database, not a run's ledger; choose another --out") {
      path in
      try RunLedger(path).close()
      var bytes = try RunFixture.bytes(path)
      // The application's id: four bytes at 68 of the header.
      bytes[70] ^= 1
      try AtomicFile.write(bytes, to: path)
    }
  }

  @Test("a damaged file is told, and stays as it is", arguments: ["text", "pages"])
  func damaged(_ kind: String) throws {
    let what = kind == "text" ? "file is not a database" : "database disk image is malformed"
    try refuses(
      "is damaged (\(what)); put a copy of it back, or begin another run. "
        + "The run's images and checkpoints are as they were"
    ) { path in
      if kind == "text" {
        try RunFixture.write(String(repeating: "not a database ", count: 100), to: path)
        return
      }
      let ledger = try RunLedger(path)
      try ledger.record(samples: RunFixture.rows(500))
      try ledger.close()
      var bytes = try RunFixture.bytes(path)
      for place in 4096..<bytes.count { bytes[place] = 0xA5 }
      try AtomicFile.write(bytes, to: path)
    }
  }

  @Test("a run whose ledger is gone or empty does not begin anew")
  func gone() throws {
    try withTemporaryFolder { folder in
      do { try RunDirectory.create(at: "\(folder)/run").write(recipe: "x") }
      let path = "\(folder)/run/ledger.sqlite"
      for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
      try RunFixture.write("", to: path)
      #expect(throws: LedgerError.damaged(path, reason: "nothing is in it")) {
        try RunDirectory.open("\(folder)/run")
      }
      #expect(unlink(path) == 0)
      #expect(throws: RunStoreError.fileMissing(path)) { try RunDirectory.open("\(folder)/run") }
      #expect(throws: LedgerError.missing(path)) { try RunLedger(existing: path) }
      #expect(throws: LedgerError.missing(path)) { try RunLedger(reading: path) }
    }
  }

  @Test("what one that was killed had committed is there for the next and for who looks on")
  func killed() throws {
    try withTemporaryFolder { folder in
      let ledger = try RunLedger("\(folder)/a.sqlite")
      try ledger.record(samples: RunFixture.rows(20))
      // The files as a killed process leaves them: what was committed is in the -wal alone.
      for suffix in ["", "-wal"] {
        try FileManager.default.copyItem(
          atPath: "\(folder)/a.sqlite\(suffix)", toPath: "\(folder)/b.sqlite\(suffix)")
      }
      #expect(try RunLedger(reading: "\(folder)/b.sqlite").sampleCount(.train) == 20)
      let next = try RunLedger(existing: "\(folder)/b.sqlite")
      #expect(try next.canonicalDump() == ledger.canonicalDump())
    }
  }

  /// A file that `make` leaves is refused in these words each time, and its bytes stay.
  private func refuses(_ words: String, _ make: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/ledger.sqlite"
      try make(path)
      let bytes = try RunFixture.bytes(path)
      for open in [
        { try RunLedger(path) }, { try RunLedger(existing: path) },
        { try RunLedger(reading: path) },
      ] {
        #expect(message { try open() } == "\(path) \(words)")
      }
      #expect(try RunFixture.bytes(path) == bytes)
    }
  }
}
