/// How often an arm's image scores higher than the base's of the same prompt and seed.
public struct WinRate: Sendable, Equatable, Codable {
  /// Pairs in which the arm's score is the higher one.
  public let wins: Int

  /// Pairs of equal scores.
  public let ties: Int

  /// Pairs in which the base's score is the higher one.
  public let losses: Int

  /// The wins among `differences`, the arm's score less the base's.
  public init(_ differences: some Sequence<Double>) {
    var (wins, ties, losses) = (0, 0, 0)
    for difference in differences {
      if difference > 0 {
        wins += 1
      } else if difference < 0 {
        losses += 1
      } else {
        ties += 1
      }
    }
    (self.wins, self.ties, self.losses) = (wins, ties, losses)
  }

  /// All pairs.
  public var count: Int { wins + ties + losses }

  /// The share that the arm wins, 0…1, ties counting half; nil where there is no pair.
  public var rate: Double? {
    count == 0 ? nil : (Double(wins) + Double(ties) / 2) / Double(count)
  }
}
