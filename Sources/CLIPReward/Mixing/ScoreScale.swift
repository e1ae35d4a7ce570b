/// What scores are put on a common scale by, before they are weighted.
public enum ScoreScale: String, Sendable, CaseIterable, Codable {
  /// As they are. Components of different scales then count by their spread, so this is never a
  /// default.
  case raw

  /// (s − mean) / standard deviation, over the whole group (n in the denominator); 0 where all
  /// scores of the group are equal.
  case zScore = "z"

  /// Fractional ranks, (rank − ½) / n in 0…1, where equal scores share the mean of their ranks; ½
  /// where all scores of the group are equal.
  case rank

  /// `scores` of one group on this scale, in their order.
  ///
  /// Affine maps with a positive factor change neither z-scores nor ranks.
  public func scaled(_ scores: [Double]) -> [Double] {
    switch self {
    case .raw: scores
    case .zScore: Self.standardised(scores)
    case .rank: Self.fractionalRanks(scores)
    }
  }

  private static func standardised(_ scores: [Double]) -> [Double] {
    guard let low = scores.min(), let high = scores.max(), low < high else {
      return scores.map { _ in 0 }
    }
    // Over 0…1 first: the squares of large scores would overflow, those of tiny ones vanish.
    let span = high / 2 - low / 2
    let unit =
      span > 0 ? scores.map { ($0 / 2 - low / 2) / span } : scores.map { $0 == high ? 1.0 : 0.0 }
    let count = Double(unit.count)
    let mean = unit.reduce(0, +) / count
    let variance = unit.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    return unit.map { ($0 - mean) / variance.squareRoot() }
  }

  private static func fractionalRanks(_ scores: [Double]) -> [Double] {
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    let count = Double(scores.count)
    var ranks = [Double](repeating: 0, count: scores.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
      // Ranks start + 1 … end, whose mean less ½ is (start + end) / 2.
      for index in order[start..<end] { ranks[index] = Double(start + end) / 2 / count }
      start = end
    }
    return ranks
  }
}
