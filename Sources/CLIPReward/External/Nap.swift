internal import Foundation

/// A pause of the thread.
enum Nap {
  /// Pauses for `duration`, or not at all where it is negative.
  static func take(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let pause = Double(seconds) + Double(attoseconds) * 1e-18
    if pause > 0 { Thread.sleep(forTimeInterval: pause) }
  }
}
