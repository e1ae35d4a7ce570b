internal import Foundation

/// Our end of a pipe to another process; nothing here blocks, and a reader that is gone kills
/// nobody.
struct PipeEnd {
  /// The file descriptor; whoever made the pipe closes it.
  let descriptor: Int32

  /// Takes `handle`'s descriptor, and makes it one that does not block.
  init(_ handle: FileHandle) {
    descriptor = handle.fileDescriptor
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
  }

  /// What reading found.
  enum Reading: Equatable {
    case bytes([UInt8])
    case nothingYet
    case end
  }

  /// Reads what is there.
  func read() -> Reading {
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    let count = Foundation.read(descriptor, &piece, piece.count)
    if count > 0 { return .bytes(Array(piece[..<count])) }
    if count < 0, errno == EAGAIN || errno == EINTR { return .nothingYet }
    return .end
  }

  /// Writes what fits.
  ///
  /// - Returns: how many bytes were written; nil where nobody reads any more.
  func write(_ bytes: Data) -> Int? {
    let count = withoutPipeSignal {
      bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
    }
    if count >= 0 { return count }
    return errno == EAGAIN || errno == EINTR ? 0 : nil
  }

  /// Runs `body`, which writes to a pipe, without SIGPIPE: the signal would end this process. It is
  /// blocked for this thread alone and taken from it; whoever else waits for one keeps theirs.
  private func withoutPipeSignal(_ body: () -> Int) -> Int {
    #if canImport(Darwin)
      _ = fcntl(descriptor, F_SETNOSIGPIPE, 1)
      return body()
    #else
      var pending = sigset_t()
      sigpending(&pending)
      let wasPending = sigismember(&pending, SIGPIPE) == 1
      var signal = sigset_t()
      var before = sigset_t()
      sigemptyset(&signal)
      sigaddset(&signal, SIGPIPE)
      pthread_sigmask(SIG_BLOCK, &signal, &before)
      let result = body()
      let code = errno
      if result < 0, code == EPIPE, !wasPending {
        var now = timespec()
        while sigtimedwait(&signal, nil, &now) < 0, errno == EINTR {}
      }
      pthread_sigmask(SIG_SETMASK, &before, nil)
      errno = code
      return result
    #endif
  }
}
