/// The choice of the best of each prompt's images, by their scores alone.
public struct BestOf: Sendable, Equatable {
  /// How many of a prompt's images are kept, at least 1.
  public let keptCount: Int

  /// Keeps `keptCount` images of each prompt.
  public init(keeping keptCount: Int = 1) {
    self.keptCount = keptCount
  }

  /// What was chosen among the images of one prompt, all by their index.
  public struct Choice: Sendable, Equatable {
    /// Every image with a score, the best first; of equal scores the first one is better.
    public let ranking: [Int]

    /// The best ones; fewer than asked for where fewer have a score.
    public let kept: [Int]
  }

  /// The choice among the images of one prompt.
  public func choice(among outcomes: [RewardOutcome]) -> Choice {
    let scored = outcomes.enumerated().compactMap { index, outcome in
      outcome.score.map { (index: index, score: $0) }
    }
    let ranking = scored.sorted { ($1.score, $0.index) < ($0.score, $1.index) }.map(\.index)
    return Choice(ranking: ranking, kept: Array(ranking.prefix(keptCount)))
  }
}
