internal import Foundation

/// Takes away what is no longer true.
package enum Removal {
  /// Removes the file or folder at `path`, if there is one.
  ///
  /// - Throws: ``FileError`` with the system's reason.
  package static func remove(_ path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw FileError.unwritable(
        path, reason: "what was there before cannot be removed: \(error.localizedDescription)")
    }
  }
}
