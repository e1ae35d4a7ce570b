internal import ExitStatuses
internal import Foundation

/// A file that a command is about to write.
enum OutputFile {
  /// Only a plain file is ever replaced, and only with `--force`.
  static func check(_ path: String, force: Bool) throws {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw CommandError.unwritable(path, "there is something else of that name; name a plain file")
    }
    guard force else { throw exists(path) }
  }

  /// Only a folder with a model is ever replaced, and only with `--force`.
  static func check(modelFolder path: String, force: Bool) throws {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR,
      FileManager.default.fileExists(atPath: path + "/model_index.json")
    else {
      throw CommandError.unwritable(path, "there is something else of that name; name a new folder")
    }
    guard force else { throw exists(path) }
  }

  private static func exists(_ path: String) -> CommandError {
    CommandError(
      status: .inputOutput,
      description: "\(path) exists; choose another place, or replace it with --force")
  }
}
