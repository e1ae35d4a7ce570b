internal import Files
internal import Foundation

/// What tells that a file has not changed: its place, size, times and inode.
struct FileSignature: Hashable {
  /// The absolute path.
  let path: String

  /// Device, inode, size, and the times of the last change of content and of state, in nanoseconds.
  let state: String

  /// The signature of the file at `path`; nil where it changed so lately that another change could
  /// leave the same times.
  ///
  /// - Throws: ``FileError/missing(_:)``.
  init?(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw errno == ENOENT || errno == ENOTDIR
        ? FileError.missing(path) : FileError.unreadable(path, reason: "permission denied")
    }
    #if canImport(Darwin)
      let (content, change) = (status.st_mtimespec, status.st_ctimespec)
    #else
      let (content, change) = (status.st_mtim, status.st_ctim)
    #endif
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    // File systems count time in ticks of some milliseconds.
    let age = Double(now.tv_sec - change.tv_sec) + Double(now.tv_nsec - change.tv_nsec) / 1e9
    guard age > 0.05 || age < -1 else { return nil }
    self.path = URL(fileURLWithPath: path).standardizedFileURL.path
    state = [
      Int(status.st_dev), Int(status.st_ino), Int(status.st_size), content.tv_sec, content.tv_nsec,
      change.tv_sec, change.tv_nsec,
    ].map { String($0) }.joined(separator: " ")
  }
}
