internal import Files
internal import Foundation

/// A file that a run wrote, and what it wrote.
package struct StoredFile: Sendable, Equatable, Codable {
  /// The path relative to the run.
  package let path: String

  /// SHA-256 of the whole file, in lower-case hex.
  package let digest: String

  /// The file at `path` with the bytes of `digest`.
  package init(path: String, digest: String) {
    self.path = path
    self.digest = digest
  }

  /// Reads the file again.
  ///
  /// - Parameter folder: the run's folder.
  /// - Throws: ``RunStoreError/fileMissing(_:)`` or ``RunStoreError/fileChanged(_:)``.
  func verify(in folder: String) throws {
    let file = "\(folder)/\(path)"
    guard access(file, F_OK) == 0 else { throw RunStoreError.fileMissing(file) }
    guard try Self.digest(ofFile: file) == digest else { throw RunStoreError.fileChanged(file) }
  }

  /// The digest of the file; that of no bytes for an empty one, which is a file like any other here.
  static func digest(ofFile file: String) throws -> String {
    do {
      return try Digest.sha256(ofFile: file)
    } catch FileError.empty {
      return Digest.sha256([])
    }
  }
}
