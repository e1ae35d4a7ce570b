import Files
import Foundation
import RAFT
import RunStore
import TestSupport
import Testing

@Suite("A run's folder")
struct RunDirectoryTests {
  @Test("everything has its place")
  func places() {
    let paths = RunPaths("runs/mine/")
    #expect(paths.folder == "runs/mine")
    #expect(paths.recipe == "runs/mine/recipe.yaml")
    #expect(paths.ledger == "runs/mine/ledger.sqlite")
    #expect(paths.metrics == "runs/mine/metrics.jsonl")
    #expect(paths.report == "runs/mine/report.html")
    #expect(paths.best == "runs/mine/best")
    #expect(paths.control.recipe == "runs/mine/control/recipe.yaml")
    #expect(paths.grid(3) == "rounds/003/grid.png")
    #expect(paths.round(0, of: .test) == "test/000")
    #expect(paths.latents(3) == "rounds/003/latents.safetensors")
    #expect(paths.latents(1, of: .dev, batch: 3) == "dev/001/latents/0003.safetensors")
    let address = SampleAddress(split: .dev, round: 12, prompt: 1234, index: 7)
    #expect(paths.image(address) == "dev/012/images/1234-07.png")
    let checkpoint = paths.checkpoint(2)
    #expect(checkpoint.folder == "runs/mine/checkpoints/002")
    #expect(checkpoint.kohya == "runs/mine/checkpoints/002/mine-kohya.safetensors")
    #expect(RunPaths(".").name == "run")
    #expect(RunPaths("/").recipe == "/recipe.yaml")
  }

  @Test("a run begins where there is nothing, and where one did not come as far as its recipe")
  func beginning() throws {
    try withTemporaryFolder { folder in
      for path in ["\(folder)/a/b", folder + "/a/b/"] {
        let run = try RunDirectory.create(at: path)
        #expect(try run.ledger.facts().isEmpty)
        // What a beginning settled that was killed does not bind the next.
        try run.ledger.setFact("threads", "7")
      }
      try RunFixture.write("", to: "\(folder)/a/b/.recipe.yaml.x.partial")
      let run = try RunDirectory.create(at: "\(folder)/a/b")
      try run.write(recipe: "x")
      #expect(
        message { try RunDirectory.create(at: "\(folder)/a/b") }
          == "\(folder)/a/b holds a run already; go on with it by --resume, or choose another --out"
      )
    }
  }

  @Test("a folder of other things, a file and a missing run are told apart")
  func refusals() throws {
    try withTemporaryFolder { folder in
      try RunFixture.write("x", to: "\(folder)/notes.txt")
      #expect(
        message { try RunDirectory.create(at: folder) }
          == "\(folder) is not empty, and what is in it is no run; choose another --out")
      #expect(
        message { try RunDirectory.create(at: "\(folder)/notes.txt") }
          == "\(folder)/notes.txt is a file, not a folder; choose another --out")
      for path in [folder, "\(folder)/none"] {
        for open in [RunDirectory.open, RunDirectory.read] {
          #expect(
            message { try open(path) }
              == "\(path) holds no run (there is no recipe.yaml in it); check the path")
        }
      }
      #expect(try FolderListing.names(in: folder) == ["notes.txt"])
      #expect(
        message { try RunDirectory.create(at: "\(folder)/notes.txt/run") }
          == "\(folder)/notes.txt/run cannot be written to: "
          + "it cannot be made; check the path and its permissions")
    }
  }

  @Test("a run that does not come as far as its recipe leaves nothing")
  func abandoned() throws {
    try withTemporaryFolder { folder in
      try RunDirectory.create(at: "\(folder)/run").abandon()
      #expect(try FolderListing.names(in: folder).isEmpty)
      let run = try RunDirectory.create(at: "\(folder)/run")
      try run.write(recipe: "x")
      try run.abandon()
      #expect(try FolderListing.names(in: "\(folder)/run").contains("recipe.yaml"))
    }
  }

  @Test("two processes do not work in one run, but one may look on")
  func lock() throws {
    try RunFixture.withRun { run, folder in
      let busy =
        "another process (\(getpid())) works in the run \(folder); wait for it, or stop it"
      #expect(message { try RunDirectory.open(folder) } == busy)
      try run.ledger.setFact("seed", "7")
      #expect(try RunDirectory.read(folder).ledger.fact("seed") == "7")
      #expect(message { try RunDirectory.read(folder).ledger.setFact("a", "b") } != "")
    }
    try withTemporaryFolder { folder in
      do { try RunDirectory.create(at: "\(folder)/run").write(recipe: "x") }
      // The one before is gone, and its lock with it.
      _ = try RunDirectory.open("\(folder)/run")
      _ = try RunDirectory.open("\(folder)/run")
    }
  }

  @Test(
    "a folder that may not be written to is told before any work",
    .enabled(if: geteuid() != 0, "nothing is read-only to root"))
  func readOnly() throws {
    try withTemporaryFolder { folder in
      #expect(chmod(folder, 0o555) == 0)
      defer { chmod(folder, 0o755) }
      #expect(
        message { try RunDirectory.create(at: folder) }
          == "\(folder) cannot be written to: "
          + "it does not allow it; change its permissions or choose another --out")
    }
  }

  @Test(
    "a file system that is read-only is told before any work",
    .enabled(if: RunFixture.canMount, "file systems may not be mounted here"))
  func readOnlyDisk() throws {
    try RunFixture.withDisk("1m") { disk in
      do { try RunDirectory.create(at: disk).write(recipe: "x") }
      #expect(try RunFixture.run("/bin/mount", ["-o", "remount,ro", disk]) == 0)
      #expect(
        message { try RunDirectory.open(disk) }
          == "\(disk) cannot be written to: the file system is read-only; choose another --out")
    }
  }

  @Test("what a killed process left in part goes, and what it put aside gets its name back")
  func leftovers() throws {
    try withTemporaryFolder { parent in
      let folder = "\(parent)/run"
      do { try RunDirectory.create(at: folder).write(recipe: "x") }
      for path in [
        "rounds/001/images", "checkpoints/.002.a1.partial", "checkpoints/.003.b.partial.old",
        "checkpoints/004", "checkpoints/.004.c.partial.old", "elsewhere",
      ] {
        try FileManager.default.createDirectory(
          atPath: "\(folder)/\(path)", withIntermediateDirectories: true)
      }
      let kept = ["rounds/001/images/000-00.png", "checkpoints/004/new", "notes.partial"]
      let parts = ["rounds/001/images/.000-01.png.x.partial", ".metrics.jsonl.y.partial"]
      for path in kept + parts + ["checkpoints/.003.b.partial.old/old"] {
        try RunFixture.write("x", to: "\(folder)/\(path)")
      }
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/link", withDestinationPath: parent)
      try RunFixture.write("x", to: "\(parent)/.not-ours.partial")
      _ = try RunDirectory.open(folder)
      for path in kept + ["checkpoints/003/old", "elsewhere"] {
        #expect(FileManager.default.fileExists(atPath: "\(folder)/\(path)"), "\(path)")
      }
      for path in parts { #expect(!FileManager.default.fileExists(atPath: "\(folder)/\(path)")) }
      #expect(try FolderListing.names(in: "\(folder)/checkpoints") == ["003", "004"])
      #expect(FileManager.default.fileExists(atPath: "\(parent)/.not-ours.partial"))
    }
  }
}
