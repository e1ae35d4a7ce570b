import Foundation

/// Writes whole files: under its name there is the old content or the new, never a part.
public enum AtomicFile {
  /// Writes `bytes` to a temporary name beside `path`, syncs, and renames it to `path`.
  ///
  /// What was at `path` is replaced. On failure the temporary file is removed and `path` is as before.
  /// The file gets the permissions that the process's mask leaves of 0666.
  ///
  /// - Throws: `ImagingError` that names the path and the reason.
  public static func write(_ bytes: [UInt8], to path: String) throws {
    try write(bytes, to: path, through: writeAll)
  }

  /// As `write(_:to:)`, with the step that fills the opened file given, so that a test can let it fail.
  package static func write(
    _ bytes: [UInt8], to path: String, through fill: (CInt, [UInt8], String) throws -> Void
  ) throws {
    let folder = folder(of: path)
    let temporary = "\(folder)/.\(UUID().uuidString).tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw failure(errno, writing: path) }
    do {
      do {
        try fill(file, bytes, path)
        guard fsync(file) == 0 || errno == EINVAL else { throw failure(errno, writing: path) }
      } catch {
        close(file)
        throw error
      }
      guard close(file) == 0 else { throw failure(errno, writing: path) }
      guard rename(temporary, path) == 0 else { throw failure(errno, writing: path) }
    } catch {
      unlink(temporary)
      throw error
    }
    syncFolder(folder)
  }

  /// Writes all of `bytes` to the open file `file`.
  package static func writeAll(_ file: CInt, _ bytes: [UInt8], of path: String) throws {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Foundation.write(file, buffer.baseAddress.map { $0 + written }, bytes.count - written)
      }
      if count > 0 {
        written += count
      } else if count == 0 || errno != EINTR {
        throw failure(count == 0 ? ENOSPC : errno, writing: path)
      }
    }
  }

  /// The folder that `path` lies in; "." where it names none.
  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "" : String(path[..<slash])
  }

  /// Makes the new name last through a power cut, where the file system can.
  private static func syncFolder(_ folder: String) {
    let file = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { return }
    fsync(file)
    close(file)
  }

  /// The error for a system call that failed with `code` while `path` was being written.
  private static func failure(_ code: CInt, writing path: String) -> ImagingError {
    let folder = folder(of: path)
    switch code {
    case ENOENT, ENOTDIR: return .missingFolder(file: path, folder: folder)
    case EACCES, EPERM, EROFS:
      return .unwritableFolder(file: path, folder: folder.isEmpty ? "/" : folder)
    case ENOSPC, EDQUOT: return .diskFull(file: path)
    case EISDIR: return .isFolder(file: path)
    default: return .unwritable(file: path, reason: String(cString: strerror(code)))
    }
  }
}
