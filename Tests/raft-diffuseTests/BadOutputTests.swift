import Foundation
import NN
import Testing
import Torch

/// Places that cannot be written, and noise that does not fit.
struct BadOutputTests {
  let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private func refuses(_ status: Int32, _ message: String, _ arguments: [String]) throws {
    let before = folder.files
    let run = try folder.sample(["--prompt", "x"] + arguments)
    #expect(run.status == status)
    #expect(run.errors == "raft-diffuse: \(message)\n")
    #expect(run.output == "")
    #expect(folder.files == before)
    #expect(!folder.exists("images"))
  }

  @Test("a folder that cannot be made is told before any work")
  func folders() throws {
    try folder.write("", to: "file")
    try refuses(
      74, "file cannot be written: it is there and is no folder; name another", ["--out", "file"])
    for path in ["file/below", "/proc/raft-diffuse"] {
      try refuses(
        74,
        "\(path) cannot be written: the folder cannot be made; check the path and its permissions",
        ["--out", path])
    }
  }

  @Test("a read-only folder is told", .enabled(if: geteuid() != 0, "root may write everywhere"))
  func readOnly() throws {
    try FileManager.default.createDirectory(
      at: folder.url("locked"), withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o555])
    try refuses(
      74, "locked cannot be written: the folder may not be written to; check its permissions",
      ["--out", "locked"])
  }

  @Test("a grid or latents without a folder are told before any work")
  func others() throws {
    for flag in ["--grid", "--save-latents"] {
      try refuses(
        74, "no/x cannot be written: its folder does not exist or may not be written to",
        [flag, "no/x"])
    }
  }

  @Test("a grid that is too large is told before any work")
  func largeGrid() throws {
    let run = try folder.sample([
      "--prompt", "x", "--images-per-prompt", "100", "--res", "16384", "--grid", "g",
    ])
    #expect(run.status == 65)
    #expect(
      run.errors.hasPrefix("raft-diffuse: the grid would have ")
        && run.errors.hasSuffix(" are drawn; show fewer rows or columns, or smaller images\n"))
    #expect(folder.files == [])
    #expect(!folder.exists("images"))
  }

  @Test("images that were finished before something failed are still the output")
  func laterFailure() throws {
    let arguments = [
      "sample", "--model", TestFolder.model, "--prompt", "x", "--seed", "1", "--precision", "fp32",
      "--batch", "1", "--threads", "1", "--res", "64", "--steps", "30", "--images-per-prompt", "40",
    ]
    let last = "images/000-40.png"
    for json in [false, true] {
      let folder = try TestFolder()
      let running = try Running(
        Command.executable, arguments + (json ? ["--json"] : []), in: folder.root)
      for _ in 0..<3000 where !folder.exists("images/000-1.png") { usleep(10_000) }
      try folder.write("", to: "\(last)/in the way")
      let run = try running.end()
      let message =
        "\(last) cannot be written: there is a folder of that name; choose another name"
      #expect(run.status == 74)
      #expect(run.errors.hasSuffix("\nraft-diffuse: \(message)\n"))
      let names = (1...39).map { "images/000-\($0).png" }
      if json {
        let result = try run.json()
        #expect(result["error"] as? String == message)
        let images = result["images"] as? [[String: Any]] ?? []
        #expect(images.map { $0["path"] as? String } == names)
      } else {
        #expect(run.lines == names)
      }
    }
  }

  @Test("a device or folder is never replaced, not even with --force")
  func devices() throws {
    for path in ["/dev/full", "/tmp"] {
      try refuses(
        74, "\(path) cannot be written: there is something else of that name; name a plain file",
        ["--grid", path, "--force"])
    }
  }

  @Test("a name of one letter is a name")
  func short() throws {
    let run = try folder.sample(["--prompt", "x", "--out", "o", "--grid", "g"])
    #expect(run.status == 0)
    #expect(folder.files == ["g", "o/000-1.png"])
  }

  /// A limit on the size of files stands for a disk that is full: the write fails half-way.
  @Test("a write that fails half-way leaves nothing behind")
  func sizeLimit() throws {
    let call = """
      trap '' XFSZ; ulimit -f 8; exec '\(Command.executable.path)' sample --model '\(TestFolder.model)' \
      --prompt x --res 64 --steps 2 --seed 1 --quiet
      """
    let run = try Command.run(URL(fileURLWithPath: "/bin/bash"), ["-c", call], in: folder.root)
    #expect(run.status == 74)
    #expect(run.errors == "raft-diffuse: images/000-1.png cannot be written: File too large\n")
    #expect(folder.files.isEmpty)
    #expect(!folder.exists("images"))
  }

  @Test(
    "a full disk is called one", .enabled(if: Self.canMount, "file systems may not be mounted here")
  )
  func fullDisk() throws {
    try FileManager.default.createDirectory(
      at: folder.url("disk"), withIntermediateDirectories: true)
    let mount = URL(fileURLWithPath: "/bin/mount")
    let size = ["-t", "tmpfs", "-o", "size=8k", "tmpfs", folder.path("disk")]
    #expect(try Command.run(mount, size).status == 0)
    defer { _ = try? Command.run(URL(fileURLWithPath: "/bin/umount"), [folder.path("disk")]) }
    try refuses(
      74,
      """
      disk/000-1.png cannot be written: the disk is full; free some space or choose another folder
      """, ["--out", "disk"])
  }

  private static let canMount: Bool = {
    guard geteuid() == 0, let folder = try? TestFolder() else { return false }
    let mount = ["-t", "tmpfs", "-o", "size=8k", "tmpfs", folder.root.path]
    guard let run = try? Command.run(URL(fileURLWithPath: "/bin/mount"), mount), run.status == 0
    else { return false }
    _ = try? Command.run(URL(fileURLWithPath: "/bin/umount"), [folder.root.path])
    return true
  }()

  @Test("standard output that is full is told")
  func standardOutput() throws {
    let call = "exec '\(Command.executable.path)' inspect '\(folder.path("a.png"))' > /dev/full"
    #expect(try folder.sample(["--prompt", "x"]).status == 0)
    try FileManager.default.copyItem(at: folder.url("images/000-1.png"), to: folder.url("a.png"))
    let run = try Command.run(URL(fileURLWithPath: "/bin/sh"), ["-c", call])
    #expect(run.status == 74)
    #expect(
      run.errors
        == "raft-diffuse: standard output cannot be written; is it closed, or its disk full?\n")
  }

  @Test("noise of a wrong shape is told with the right one")
  func noise() throws {
    let noise = try Generator(seed: 0).normal([1, 4, 8, 8])
    let item = SafetensorsWriter.Item(name: "latents", tensor: noise)
    try SafetensorsWriter.write([item], to: folder.path("n"))
    let meaning = "images, channels, height/8, width/8"
    try refuses(
      65, "n has noise of shape [1, 4, 8, 8], but this run needs [2, 4, 8, 8] (\(meaning))",
      ["--initial-latents", "n", "--images-per-prompt", "2"])
    try refuses(
      65, "n has noise of shape [1, 4, 8, 8], but this run needs [1, 4, 8, 9] (\(meaning))",
      ["--initial-latents", "n", "--res", "72x64"])
    try refuses(
      65,
      "n has noise of shape [1, 4, 8, 8], but this run needs [2, 1, 4, 8, 8] (steps that take noise, \(meaning))",
      ["--step-noise", "n", "--sampler", "euler-a"])
    try refuses(
      64, "n is not used: no step of this sampler takes noise; leave out --step-noise",
      ["--step-noise", "n", "--sampler", "ddim"])
    try refuses(66, "m does not exist; check the path", ["--initial-latents", "m"])
  }
}
