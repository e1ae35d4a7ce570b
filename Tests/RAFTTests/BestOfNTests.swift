import RAFT
import Testing

@Suite struct BestOfNTests {
  private let faces = [1.0, 2, 3, 4, 5, 6]
  private let fair = [Double](repeating: 1.0 / 6, count: 6)

  @Test("the best of two fair dice is 161/36, of three 119/24, and of one 7/2")
  func dice() throws {
    for (n, expected) in [(1, 7.0 / 2), (2, 161.0 / 36), (3, 119.0 / 24)] {
      let value = try BestOfN.expected(of: n, values: faces, probabilities: fair)
      #expect(abs(value - expected) < 1e-12)
    }
  }

  @Test("the best of n of any distribution is the mean over all its n-tuples")
  func enumeration() throws {
    let values = [4.0, -1, 2.5, 2.5]
    let probabilities = [0.1, 0.4, 0.3, 0.2]
    var expected = 0.0
    for a in 0..<4 {
      for b in 0..<4 {
        for c in 0..<4 {
          expected +=
            probabilities[a] * probabilities[b] * probabilities[c]
            * max(values[a], values[b], values[c])
        }
      }
    }
    let value = try BestOfN.expected(of: 3, values: values, probabilities: probabilities)
    #expect(abs(value - expected) < 1e-12)
  }

  @Test("the best of n from a sample is the mean over all its subsets")
  func subsets() throws {
    let scores = [0.3, 2, 2, -1, 7, 0.5]
    var (sum, count) = (0.0, 0.0)
    for a in 0..<6 {
      for b in 0..<a {
        for c in 0..<b {
          sum += max(scores[a], scores[b], scores[c])
          count += 1
        }
      }
    }
    #expect(abs(try BestOfN.expected(of: 3, among: scores) - sum / count) < 1e-12)
    #expect(abs(try BestOfN.expected(of: 1, among: scores) - 1.8) < 1e-12)
    #expect(abs(try BestOfN.expected(of: 6, among: scores) - 7) < 1e-12)
  }

  @Test("the best of n from samples has no bias")
  func unbiased() throws {
    var generator = SplitMix64(seed: 5)
    let trials = 20_000
    let mean =
      try (0..<trials).reduce(0.0) { sum, _ in
        let scores = (0..<8).map { _ in Double(generator.index(below: 6) + 1) }
        return sum + (try BestOfN.expected(of: 3, among: scores))
      } / Double(trials)
    // 119/24, within five standard errors (the estimate's deviation is below 0.6).
    #expect(abs(mean - 119.0 / 24) < 5 * 0.6 / Double(trials).squareRoot())
  }

  @Test(
    "the expected maximum of n normals is the known one within 1e-9",
    arguments: [
      // 1/√π, 3/(2√π), and Harter's table (Biometrika 48, 1961) to its five places below.
      (1, 0.0, 1e-12), (2, 0.564_189_583_547_756_3, 1e-9), (3, 0.846_284_375_321_634_4, 1e-9),
      (4, 1.029_375_373, 1e-8), (5, 1.162_964_473_6, 1e-8), (10, 1.53875, 1e-5),
      (20, 1.86748, 1e-5), (50, 2.24907, 1e-5), (100, 2.50759, 1e-5),
    ])
  func normals(n: Int, expected: Double, tolerance: Double) {
    #expect(abs(BestOfN.expectedMaximumOfNormals(n) - expected) < tolerance)
  }

  @Test("the expected maximum grows with n, up to millions")
  func growth() {
    let values = [1, 2, 5, 100, 10_000, 1_000_000, 100_000_000]
      .map { BestOfN.expectedMaximumOfNormals($0) }
    #expect(values == values.sorted())
    #expect(abs(values[5] - 4.8630) < 5e-4)
  }

  @Test(
    "the divergence of best-of-n is log n − (n−1)/n",
    arguments: [(1, 0), (4, 0.636_294), (10, 1.402_585), (64, 3.174_508)] as [(Double, Double)])
  func divergence(n: Double, expected: Double) {
    #expect(abs(BestOfN.divergence(n) - expected) < 1e-6)
  }

  @Test("no gain of best-of-n is above its bound")
  func bound() throws {
    for n in [1, 2, 4, 16, 256] {
      for high in [0.5, 0.1, 0.01] {
        let probabilities = [1 - high, high]
        let best = try BestOfN.expected(of: n, values: [0, 3], probabilities: probabilities)
        #expect(best - 3 * high <= BestOfN.gainBound(of: n, range: 3) + 1e-12)
      }
    }
    #expect(abs(BestOfN.gainBound(of: 10, range: 2) - 2.145_966) < 1e-6)
  }

  @Test("what is no distribution, or no n, is refused")
  func refused() {
    func message(_ body: () throws -> Double) -> String? {
      #expect(throws: RAFTError.self) { _ = try body() }?.description
    }
    #expect(
      message { try BestOfN.expected(of: 2, values: [1, 2], probabilities: [1]) }
        == "2 values have 1 probabilities; each needs one")
    #expect(
      message { try BestOfN.expected(of: 2, values: [1, 2], probabilities: [0.5, 0.25]) }
        == "a distribution has finite values and probabilities from 0 up whose sum is 1, not 0.75")
    #expect(
      message { try BestOfN.expected(of: 0, among: [1]) }
        == "best of n: 0 cannot be; it is at least 1")
    #expect(
      message { try BestOfN.expected(of: 3, among: [1, 2]) }
        == "best of n: 3 cannot be; it is at most the number of scores, 2")
  }
}
