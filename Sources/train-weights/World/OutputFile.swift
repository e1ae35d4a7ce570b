internal import ArgumentParser
internal import Foundation

/// A file that a command is about to write.
enum OutputFile {
  /// Lets nothing be replaced but with `--force`.
  static func check(_ path: String, force: Bool) throws {
    guard force || !FileManager.default.fileExists(atPath: path) else {
      throw ValidationError(
        "\(path) exists; choose another place, or replace it with --force.")
    }
  }
}
