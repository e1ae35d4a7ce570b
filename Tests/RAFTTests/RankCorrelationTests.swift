import RAFT
import Testing

@Suite("Rank correlation")
struct RankCorrelationTests {
  @Test(
    "ρ is what scipy's spearmanr gives",
    arguments: [
      ([1, 2, 3], [10, 20, 300], 1.0), ([1, 2, 3], [3, 2, 1], -1.0),
      ([1, 2, 3, 4, 5], [2, 1, 4, 3, 5], 0.8),
      // Ties share the mean of their ranks.
      ([1, 2, 2, 3], [1, 3, 2, 4], 0.948683298050514),
      ([5, 5, 1, 7, 7], [2, 3, 3, 1, 9], -0.08111071056538127),
    ])
  func spearman(_ first: [Double], _ second: [Double], _ expected: Double) throws {
    let value = try #require(RankCorrelation.spearman(first, second))
    #expect(abs(value - expected) < 1e-12)
  }

  @Test(
    "a measure that tells nothing apart has none",
    arguments: [([], []), ([1], [2]), ([1, 1, 1], [1, 2, 3])])
  func none(_ first: [Double], _ second: [Double]) {
    #expect(RankCorrelation.spearman(first, second) == nil)
  }
}
