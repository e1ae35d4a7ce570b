import RAFT
import Reporting
import Testing

@Suite("Statistics of embeddings")
struct EmbeddingTests {
  /// Directions around (1, 1, …), the further apart the larger the spread.
  static func cloud(_ count: Int, seed: UInt64, spread: Float = 1, shift: Float = 0) -> [[Float]] {
    (0..<count).map { index in
      (0..<8).map { place in
        let bits = RunSeeds(run: seed).seed("cloud", index, place) >> 40
        let uniform = Float(bits) / Float(1 << 24) - 0.5
        return 1 + spread * uniform + (place == 0 ? shift : 0)
      }
    }
  }

  @Test(
    "the distance within a prompt is the mean of all pairs",
    arguments: [
      ([[1, 0], [0, 2]], 1), ([[1, 0], [3, 0], [5, 0]], 0), ([[1, 0], [-1, 0]], 2),
      ([[1, 0], [0, 1], [-1, 0]], 4.0 / 3),
    ] as [([[Float]], Double)])
  func diversity(embeddings: [[Float]], expected: Double) throws {
    let found = try #require(PromptDiversity.meanDistance(embeddings))
    #expect(abs(found - expected) < 1e-12)
  }

  @Test("what has no direction is left out, and one image has no distance")
  func noDirection() throws {
    #expect(PromptDiversity.meanDistance([[1, 0], [0, 0], [.nan, 1]]) == nil)
    let prompts: [[[Float]]] = [[[1, 0], [0, 1], [0, 0]], [[1, 0]], [[1, 0], [1, 0]]]
    let mean = try #require(PromptDiversity.mean(ofPrompts: prompts))
    #expect(abs(mean - 0.5) < 1e-12)
    #expect(PromptDiversity.mean(ofPrompts: []) == nil)
  }

  @Test("the discrepancy of two pairs is the formula's")
  func byHand() throws {
    // Within: 1 − e^(−2/200) and 0; between: two pairs at squared distances 0 and 2 for each.
    let found = try #require(MeanDiscrepancy.squared([[1, 0], [0, 1]], [[0, 2], [0, 3]]))
    let apart = 1 - 0.990_049_833_749_168
    #expect(abs(found - 1000 * (2 * apart / 2 - apart)) < 1e-9)
  }

  @Test("sets from one source are 0 apart in the mean, and symmetric")
  func sameSource() throws {
    let found = try (0..<40 as Range<UInt64>).map { seed -> Double in
      let (x, y) = (Self.cloud(20, seed: 2 * seed), Self.cloud(20, seed: 2 * seed + 1))
      let forth = try #require(MeanDiscrepancy.squared(x, y))
      let back = try #require(MeanDiscrepancy.squared(y, x))
      #expect(abs(forth - back) < 1e-9)
      return forth
    }
    let mean = found.reduce(0, +) / 40
    let squares = found.map { ($0 - mean) * ($0 - mean) }
    let variance = squares.reduce(0, +) / 39
    #expect(abs(mean) < 3 * (variance / 40).squareRoot())
    #expect(found.contains { $0 < 0 } && found.contains { $0 > 0 })
  }

  @Test("the discrepancy grows with the shift")
  func shift() throws {
    let x = Self.cloud(50, seed: 1)
    let found = try [0, 0.5, 1, 2, 4].map { shift in
      try #require(MeanDiscrepancy.squared(x, Self.cloud(50, seed: 2, shift: shift)))
    }
    #expect(found == found.sorted())
    #expect(found[4] > 1)
  }

  @Test("there is no discrepancy of one image, or of two towers")
  func refusals() {
    #expect(MeanDiscrepancy.squared([[1, 0]], [[1, 0], [0, 1]]) == nil)
    #expect(MeanDiscrepancy.squared([[1, 0], [0, 1]], [[1, 0, 0], [0, 1, 0]]) == nil)
  }
}
