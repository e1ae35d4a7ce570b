package import CLIPReward
internal import Files
internal import Foundation

/// The scores of a comparison as they come, a line each: what a second call need not compute again.
package final class ScoreLog {
  /// The file.
  package let path: String

  private var records: [String: ScoreRecord] = [:]
  private let file: FileHandle

  /// Opens or begins the file at `path`. A last line that was cut off is forgotten.
  ///
  /// - Throws: `RewardError.notResults` for a file of something else, `FileError`.
  package init(_ path: String) throws {
    self.path = path
    if FileManager.default.fileExists(atPath: path) {
      let bytes = try WholeFile.bytes(of: path, limit: Self.limit)
      let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      if whole < bytes.count { try AtomicFile.write(Array(bytes[..<whole]), to: path) }
      if whole > 0 {
        for record in try ScoreRecord.read(path) { records[record.image] = record }
      }
    } else {
      try AtomicFile.write([UInt8](), to: path)
    }
    guard let file = FileHandle(forWritingAtPath: path) else {
      throw FileError.unwritable(path, reason: "it cannot be opened; check its permissions")
    }
    self.file = file
    try file.seekToEnd()
  }

  deinit { try? file.close() }

  /// The most bytes of a file, 1 GiB.
  private static let limit = 1 << 30

  /// Refuses scores that are not on the scale of `passports`.
  ///
  /// - Throws: `RewardError.mixedPassports`.
  package func check(_ passports: [String: ScoreRecord.Passport]) throws {
    for record in records.values.sorted(by: { $0.image < $1.image }) {
      for (name, passport) in passports {
        guard record.scores[name] != nil, let earlier = record.passports[name],
          earlier.passport != passport.passport
        else { continue }
        throw RewardError.mixedPassports(
          reward: name, first: path, second: "this call",
          differences: earlier.passport.differences(from: passport.passport))
      }
    }
  }

  /// What is known of the image at `path`, whose file and prompt are the same as then; nil where
  /// nothing is.
  package func record(of path: String, prompt: String?) throws -> ScoreRecord? {
    guard let record = records[path], record.prompt == prompt, let digest = record.digest,
      FileManager.default.fileExists(atPath: path), try Digest.sha256(ofFile: path) == digest
    else { return nil }
    return record
  }

  /// Adds `record`, which is `line` as JSON.
  package func add(_ record: ScoreRecord, line: String) throws {
    do {
      try file.write(contentsOf: Data((line + "\n").utf8))
    } catch {
      throw FileError.unwritable(path, reason: "is the disk full?")
    }
    records[record.image] = record
  }
}
