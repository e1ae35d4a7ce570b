internal import Foundation

/// The right to work in a run's folder, which one process has at a time. The system takes it back
/// when the process ends, however it ends.
final class RunLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock of the run at `paths`. A file system that knows no locks is done without one.
  ///
  /// - Throws: ``RunStoreError/inUse(_:process:)``, or ``RunStoreError/unwritable(_:reason:)``
  ///   where the folder may not be written to.
  init(_ paths: RunPaths) throws {
    // O_CLOEXEC: a reward's program must not keep the lock when this process has ended.
    descriptor = open(paths.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw RunStoreError.unwritable(paths.folder, reason: Self.reason(errno))
    }
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      guard errno == EWOULDBLOCK else { break }
      let holder = Self.holder(descriptor)
      close(descriptor)
      throw RunStoreError.inUse(paths.folder, process: holder)
    }
    // Who has it is only for people: a full disk is met, and told, by what is written next.
    let text = "\(getpid())\n"
    if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.utf8.count, 0) }
  }

  deinit {
    close(descriptor)
  }

  /// The process that wrote its id into the file.
  private static func holder(_ descriptor: Int32) -> Int? {
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    return Int(String(decoding: bytes[..<count].prefix { $0 != 0x0A }, as: UTF8.self))
  }

  private static func reason(_ code: Int32) -> String {
    switch code {
    case EACCES, EPERM: "it does not allow it; change its permissions or choose another --out"
    case EROFS: "the file system is read-only; choose another --out"
    case ENOSPC, EDQUOT: "the disk is full; free some space or choose another --out"
    default: String(cString: strerror(code))
    }
  }
}
