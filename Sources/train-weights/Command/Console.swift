internal import Foundation

/// Where the command tells people what it does: standard error.
enum Console {
  /// Prints a line. Where nobody can be told, nobody is.
  static func note(_ line: String) {
    try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
  }
}
