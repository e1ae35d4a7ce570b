/// Measures the evaluations of the network one by one.
struct Stopwatch {
  private(set) var decoding = 0.0
  private var laps: [Double] = []
  private var last = ContinuousClock.now

  /// Begins a lap.
  mutating func restart() { last = .now }

  /// Ends a lap and begins the next.
  mutating func lap() {
    let now = ContinuousClock.now
    laps.append((now - last).seconds)
    last = now
  }

  /// Adds the time of `body` to the decoding's.
  mutating func decoding<R>(_ body: () throws -> R) rethrows -> R {
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
