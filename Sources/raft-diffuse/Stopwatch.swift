internal import Files

/// Measures the evaluations of the network one by one.
final class Stopwatch {
  private(set) var decoding = 0.0
  private var laps: [Double] = []
  private var last = ContinuousClock.now

  /// Seconds from the start of the process to the beginning of the first lap; nil where the system
  /// does not tell.
  private(set) var startToFirstBeginning: Double?

  /// Seconds from the start of the process to the end of the first lap; nil where the system does
  /// not tell.
  private(set) var startToFirstEnd: Double?

  /// Begins a lap.
  func begin() {
    if laps.isEmpty { startToFirstBeginning = ProcessClock.seconds }
    last = .now
  }

  /// Ends a lap and begins the next.
  func lap() {
    let now = ContinuousClock.now
    laps.append((now - last).seconds)
    last = now
    if laps.count == 1 { startToFirstEnd = ProcessClock.seconds }
  }

  /// Adds the time of `body` to the decoding's.
  func decoding<R>(_ body: () throws -> R) rethrows -> R {
    let start = ContinuousClock.now
    defer { decoding += (ContinuousClock.now - start).seconds }
    return try body()
  }

  /// Seconds of the first lap.
  var firstLap: Double { laps.first ?? 0 }

  /// The median of the other laps, in seconds; the first one's where there is no other.
  var medianLap: Double {
    let rest = laps.dropFirst().sorted()
    return rest.isEmpty ? firstLap : rest[rest.count / 2]
  }
}
