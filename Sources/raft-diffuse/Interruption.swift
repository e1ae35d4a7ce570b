internal import Foundation

/// Ctrl-C while images are made: the first asks to stop after the step that runs, the second ends
/// the program at once.
///
/// A signal reaches the whole process, so what it asks for is the process's too.
enum Interruption {
  private nonisolated(unsafe) static var flag: sig_atomic_t = 0

  /// Whether the user has asked to stop.
  static var isRequested: Bool { flag != 0 }

  /// Begins to hear interrupts. Each is heard once; the next has the system's own effect.
  static func listen() {
    var action = sigaction()
    #if canImport(Darwin)
      action.__sigaction_u.__sa_handler = stop
    #else
      action.__sigaction_handler.sa_handler = stop
    #endif
    action.sa_flags = CInt(bitPattern: UInt32(truncatingIfNeeded: SA_RESETHAND)) | SA_RESTART
    flag = 0
    sigaction(SIGINT, &action, nil)
    sigaction(SIGTERM, &action, nil)
    // Whoever started this process may have left them blocked.
    var heard = sigset_t()
    sigemptyset(&heard)
    sigaddset(&heard, SIGINT)
    sigaddset(&heard, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &heard, nil)
  }

  /// Nothing here may allocate or lock.
  private static let stop: @convention(c) (CInt) -> Void = { _ in
    flag = 1
    let text: StaticString = "\nstopping after this step; once more stops at once\n"
    _ = write(2, text.utf8Start, text.utf8CodeUnitCount)
  }
}
