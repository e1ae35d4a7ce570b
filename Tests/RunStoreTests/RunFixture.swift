import Files
import Foundation
import RAFT
import RunStore
import TestSupport

/// Makes samples that need no model.
enum RunFixture {
  /// A new run, a recipe in it, for `body`, which gets its folder too.
  static func withRun<Result>(_ body: (RunDirectory, _ folder: String) throws -> Result) throws
    -> Result
  {
    try withTemporaryFolder { folder in
      let run = try RunDirectory.create(at: "\(folder)/run")
      try run.write(recipe: "name: dice\n")
      return try body(run, "\(folder)/run")
    }
  }

  /// What a sample is made from.
  static func facts(
    _ split: Split = .train, round: Int = 1, prompt: Int = 0, index: Int,
    adapter: String = SampleFacts.base
  ) -> SampleFacts {
    SampleFacts(
      SampleAddress(split: split, round: round, prompt: prompt, index: index),
      prompt: "a photo of \(prompt)", seed: 0xFFFF_FF00 + UInt64(index),
      sampler: "ddim, 20 steps", width: 64, height: 48, adapter: adapter)
  }

  /// A batch of `count` samples of a prompt, the last of which failed.
  static func batch(
    _ split: Split = .train, round: Int = 1, prompt: Int = 0, count: Int = 3, bytes: Int = 10
  ) -> [MadeSample] {
    (0..<count).map { index in
      let facts = facts(split, round: round, prompt: prompt, index: index)
      guard index < count - 1 else { return MadeSample(facts, .failure("its latents are NaN")) }
      return MadeSample(
        facts, .image([UInt8](repeating: UInt8(16 * prompt + index), count: bytes)))
    }
  }

  /// Rows of samples without files.
  static func rows(_ count: Int, prompt: Int = 0) -> [SampleRow] {
    (0..<count).map { index in
      SampleRow(
        facts(prompt: prompt, index: index), batch: 0,
        .made(image: StoredFile(path: "\(prompt)-\(index)", digest: "00"), latents: nil))
    }
  }

  /// A file of the bytes of `text`.
  static func write(_ text: String, to path: String) throws {
    try AtomicFile.write(Array(text.utf8), to: path)
  }

  /// The bytes of the file at `path`.
  static func bytes(_ path: String) throws -> [UInt8] {
    try WholeFile.bytes(of: path, limit: 1 << 24)
  }

  /// Runs a program of the system; its exit status.
  static func run(_ program: String, _ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Runs `body` with a file system of `size`, as mount(8) spells it, at the folder it gets.
  static func withDisk(_ size: String, _ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      guard try run("/bin/mount", ["-t", "tmpfs", "-o", "size=\(size)", "tmpfs", folder]) == 0
      else { throw FileError.unwritable(folder, reason: "no file system can be mounted") }
      defer { _ = try? run("/bin/umount", ["-l", folder]) }
      try body(folder)
    }
  }

  /// Whether tests may mount file systems here.
  static let canMount = geteuid() == 0 && (try? withDisk("64k") { _ in }) != nil
}
