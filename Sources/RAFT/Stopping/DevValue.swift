/// What a round is judged by: the mean reward of its dev samples.
public struct DevValue: Sendable, Equatable, Codable {
  /// The round, counted from 1; 0 for the base.
  public let round: Int

  /// The mean; higher is better.
  public let value: Double

  /// Its standard error, where it is known.
  public let standardError: Double?

  /// The value of a round.
  public init(round: Int, value: Double, standardError: Double? = nil) {
    self.round = round
    self.value = value
    self.standardError = standardError
  }
}
