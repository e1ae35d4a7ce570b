import Files
import Foundation
import RAFT
import RunStore
import TestSupport
import Testing

@Suite("Checkpoints of a run")
struct CheckpointTests {
  private struct Failure: Error {}

  @Test("a checkpoint is replaced as a whole, and a failed one leaves the one before")
  func whole() throws {
    try RunFixture.withRun { run, folder in
      #expect(try run.checkpoint(1) == nil)
      for step in ["10", "20"] {
        try run.writeCheckpoint(1) { temporary in
          #expect(temporary.kohya.hasSuffix("/run-kohya.safetensors"))
          try RunFixture.write(step, to: temporary.adapter)
          try RunFixture.write("", to: temporary.state)
        }
      }
      #expect(throws: Failure.self) {
        try run.writeCheckpoint(1) { temporary in
          try RunFixture.write("30", to: temporary.adapter)
          throw Failure()
        }
      }
      let checkpoint = try #require(try run.checkpoint(1))
      #expect(try RunFixture.bytes(checkpoint.adapter) == Array("20".utf8))
      #expect(try FolderListing.names(in: "\(folder)/checkpoints") == ["001"])
      #expect(
        try FolderListing.names(in: checkpoint.folder)
          == ["pytorch_lora_weights.safetensors", "state.json", "SHA256SUMS"])
    }
  }

  @Test("a changed, a missing and an unlisted file are clear errors, and nothing is touched")
  func corrupted() throws {
    try RunFixture.withRun { run, _ in
      try run.writeCheckpoint(1) { try RunFixture.write("weights", to: $0.adapter) }
      let checkpoint = run.paths.checkpoint(1)
      let sums = "\(checkpoint.folder)/SHA256SUMS"
      try RunFixture.write("note", to: "\(checkpoint.folder)/note.txt")
      #expect(try run.checkpoint(1) == checkpoint)
      try RunFixture.write("weight5", to: checkpoint.adapter)
      #expect(
        message { try run.checkpoint(1) }
          == "\(checkpoint.adapter) is not as the run left it (its SHA-256 is another); "
          + "put the file back, or begin another run")
      #expect(try RunFixture.bytes(checkpoint.adapter) == Array("weight5".utf8))
      try FileManager.default.removeItem(atPath: checkpoint.adapter)
      #expect(
        message { try run.checkpoint(1) }
          == "\(checkpoint.adapter) is gone, and the run goes by it; put it back, "
          + "or begin another run")
      try RunFixture.write("\n\nx  y\n", to: sums)
      #expect(
        message { try run.checkpoint(1) }
          == "\(sums) is damaged: line 1 is not a SHA-256 and a name; put the file back, "
          + "or begin another run")
      try FileManager.default.removeItem(atPath: sums)
      #expect(throws: RunStoreError.fileMissing(sums)) { try run.checkpoint(1) }
    }
  }

  @Test("the link to the best checkpoint moves in one step, and with the folder")
  func best() throws {
    try RunFixture.withRun { run, folder in
      #expect(run.bestRound() == nil)
      for round in [1, 12, 1234] {
        try run.setBest(round: round)
        #expect(run.bestRound() == round)
      }
      try run.setBest(round: 2)
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/best")
          == "checkpoints/002")
      #expect(!(try FolderListing.names(in: folder).contains { $0.hasSuffix("partial") }))
      try FileManager.default.removeItem(atPath: run.paths.best)
      try FileManager.default.createDirectory(
        atPath: run.paths.best, withIntermediateDirectories: false)
      #expect(
        throws: FileError.unwritable("\(folder)/best", reason: "Is a directory")
      ) { try run.setBest(round: 1) }
      #expect(run.bestRound() == nil)
    }
  }

  @Test("numbers are read back the same, in lines that are always whole")
  func metrics() throws {
    try RunFixture.withRun { run, _ in
      try run.ledger.record(
        metrics: ["reward": 0.1 + 0.2, "drift": .nan, "count": 12, "a/\"b\"": 5e-324], round: 2)
      try run.ledger.record(metrics: ["reward": -1e300], round: 0)
      try run.ledger.finish(.sample, round: 3)
      try MetricsFile.write(try run.ledger.rounds(), to: run.paths.metrics)
      let text = String(decoding: try RunFixture.bytes(run.paths.metrics), as: UTF8.self)
      #expect(
        text == """
          {"round":0,"reward":-1e+300}
          {"round":2,"a/\\"b\\"":5e-324,"count":12,"reward":0.30000000000000004}

          """)
    }
  }
}
