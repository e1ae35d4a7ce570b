package import Foundation

/// Adds to files that others may be reading meanwhile.
package enum AppendedFile {
  /// Writes `bytes` behind what is in the file at `path`, and syncs it.
  ///
  /// - Throws: ``FileError`` where there is no such file or the system refuses; a part of `bytes`
  ///   may have been written then.
  package static func append(_ bytes: some ContiguousBytes, to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FileError.writing(path, in: AtomicFile.folder(of: path), errno)
    }
    let sink = FileSink(descriptor, path: path)
    try bytes.withUnsafeBytes { try sink.write($0) }
    try sink.close()
  }
}
