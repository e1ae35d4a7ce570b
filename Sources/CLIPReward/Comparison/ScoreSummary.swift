/// A row of scores in five numbers, and what has none.
public struct ScoreSummary: Sendable, Equatable, Codable {
  /// How many scores there are.
  public let count: Int
  /// Their mean; nil where there is none.
  public let mean: Double?
  /// Their standard deviation, with n − 1; nil below two.
  public let deviation: Double?
  /// The smallest.
  public let minimum: Double?
  /// The largest.
  public let maximum: Double?

  /// The summary of finite scores.
  public init(_ scores: [Double]) {
    count = scores.count
    minimum = scores.min()
    maximum = scores.max()
    guard !scores.isEmpty else {
      (mean, deviation) = (nil, nil)
      return
    }
    let mean = scores.reduce(0, +) / Double(scores.count)
    let squares = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    deviation = scores.count > 1 ? (squares / Double(scores.count - 1)).squareRoot() : nil
  }

  enum CodingKeys: String, CodingKey {
    case count = "n"
    case mean
    case deviation = "sd"
    case minimum = "min"
    case maximum = "max"
  }
}
