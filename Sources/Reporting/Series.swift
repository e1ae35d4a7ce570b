/// A curve of a report: a value a round.
public struct Series: Sendable, Equatable, Codable {
  /// What it is called.
  public let name: String

  /// Rounds and values; a round without a value is left out.
  public let points: [Point]

  /// One value.
  public struct Point: Sendable, Equatable, Codable {
    /// The round, counted from 0 (the base).
    public let round: Int
    /// The value.
    public let value: Double
    /// The ends of its interval, where there is one.
    public let interval: ClosedRange<Double>?

    /// The value of a round.
    public init(round: Int, value: Double, interval: ClosedRange<Double>? = nil) {
      self.round = round
      self.value = value
      self.interval = interval
    }
  }

  /// A curve.
  public init(_ name: String, _ points: [Point]) {
    self.name = name
    self.points = points
  }
}
