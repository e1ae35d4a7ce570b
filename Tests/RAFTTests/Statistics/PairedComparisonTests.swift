import RAFT
import Testing

struct PairedComparisonTests {
  /// `prompts` × 3 pairs whose arm is `effect` above the base, give or take.
  private func pairs(_ prompts: Int, effect: Double, seed: UInt64 = 1) -> [[ScorePair]] {
    var numbers = Simulation(seed: seed)
    return (0..<prompts).map { _ in
      let own = 0.5 * numbers.normal()
      return (0..<3).map { _ in
        let base = numbers.normal()
        return ScorePair(arm: base + effect + own + 0.3 * numbers.normal(), base: base)
      }
    }
  }

  @Test("an arm compared with itself has no difference, and p is 1")
  func itself() throws {
    var numbers = Simulation(seed: 2)
    let pairs = (0..<9).map { _ in
      (0..<2).map { _ in
        let score = numbers.normal()
        return ScorePair(arm: score, base: score)
      }
    }
    let comparison = PairedComparison(PairedDifferences(pairs))
    #expect(comparison.difference == 0)
    #expect(comparison.interval == .interval(0...0))
    #expect(comparison.test.p == 1)
    #expect(comparison.wins.ties == 18)
    #expect(comparison.wins.rate == 0.5)
    #expect(comparison.needed?.prompts == .notReachable)
  }

  @Test("a planted difference is found")
  func planted() throws {
    let comparison = PairedComparison(PairedDifferences(pairs(20, effect: 1)))
    let range = try #require(comparison.interval.range)
    #expect(range.contains(1))
    #expect(range.lowerBound > 0)
    #expect(comparison.test.p < 0.001)
    #expect(try #require(comparison.wins.rate) > 0.8)
  }

  @Test("A less B is minus B less A, to the bit")
  func antisymmetric() throws {
    let forth = pairs(13, effect: 0.4)
    let back = forth.map { $0.map { ScorePair(arm: $0.base, base: $0.arm) } }
    let (one, other) = (
      PairedComparison(PairedDifferences(forth)), PairedComparison(PairedDifferences(back))
    )
    #expect(one.difference.map { -$0 } == other.difference)
    let (range, mirrored) = try (
      #require(one.interval.range), #require(other.interval.range)
    )
    #expect(-range.lowerBound == mirrored.upperBound)
    #expect(-range.upperBound == mirrored.lowerBound)
    #expect(one.test == other.test)
    #expect(one.wins.wins == other.wins.losses)
    #expect(one.components == other.components)
  }

  @Test("the same seed gives the same interval, another one nearly the same")
  func seeded() throws {
    let means = PairedDifferences(pairs(16, effect: 0.3)).promptMeans
    let first = BootstrapInterval(seed: 1).estimate(from: means)
    #expect(first == BootstrapInterval(seed: 1).estimate(from: means))
    let other = BootstrapInterval(seed: 2).estimate(from: means)
    #expect(first != other)
    let (a, b) = try (#require(first.range), #require(other.range))
    #expect(abs(a.lowerBound - b.lowerBound) < 0.05 * (a.upperBound - a.lowerBound))
  }

  @Test("below eight prompts there is no interval, and it says why")
  func few() {
    let comparison = PairedComparison(PairedDifferences(pairs(7, effect: 1)))
    #expect(comparison.interval.absence == .fewPrompts(7))
    #expect(
      comparison.interval.absence?.description
        == "no interval: 7 prompts are fewer than the 8 that one can stand on")
    #expect(comparison.difference != nil)
    #expect(BootstrapInterval().estimate(from: []).absence == .fewPrompts(0))
  }

  @Test("one prompt among many equal ones does not tell the spread")
  func alike() {
    let estimate = BootstrapInterval().estimate(from: [0, 0, 0, 0, 0, 0, 0, 1])
    #expect(estimate.absence == .alike)
    #expect(
      estimate.absence?.description
        == "no interval: almost all prompts differ by the same amount, so that the spread is not known"
    )
  }

  @Test("pairs without both scores are dropped and counted")
  func missing() {
    let differences = PairedDifferences([
      [.init(arm: 2, base: 1), .init(arm: nil, base: 1), .init(arm: 4, base: 1)],
      [.init(arm: .nan, base: 1)], [.init(arm: 1, base: 1), .init(arm: 1, base: .infinity)], [],
    ])
    #expect(differences.promptMeans == [2, 0])
    #expect(differences.pairCount == 3)
    #expect(differences.droppedPairs == 3)
    #expect(differences.droppedPrompts == 2)
    #expect(differences.mean == 1)
    #expect(differences.armMean == 2)
    #expect(differences.baseMean == 1)
    let nothing = PairedComparison(PairedDifferences([[.init(arm: nil, base: 1)]]))
    #expect(nothing.difference == nil)
    #expect(nothing.test.p == 1)
    #expect(nothing.wins.rate == nil)
    #expect(nothing.components == nil)
  }
}
