internal import Foundation

#if canImport(FoundationNetworking)
  internal import FoundationNetworking
#endif

/// Where an answer is put by the session's thread and found by ours.
final class HTTPMailbox: Sendable {
  typealias Content = (body: Data, status: Int?, error: URLError?)

  private let filled = DispatchSemaphore(value: 0)

  /// Written once, before `filled` is signalled, and read only after.
  private nonisolated(unsafe) var written: Content?

  private nonisolated(unsafe) var hasArrived = false

  func put(_ content: Content) {
    written = content
    filled.signal()
  }

  func isFull(within duration: Duration) -> Bool {
    if !hasArrived {
      let nanoseconds = Int(duration / .nanoseconds(1))
      hasArrived = filled.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .success
    }
    return hasArrived
  }

  var content: Content? { hasArrived ? written : nil }
}
