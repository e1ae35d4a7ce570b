import RAFT
import Testing

struct SignFlipTests {
  @Test(
    "p is the share of all assignments of signs, as counting them one by one in numpy gives it",
    arguments: [
      ([0.31, -0.12, 0.44, 0.05, 0.27, -0.08, 0.19, 0.22, -0.03, 0.36], 34.0 / 1024),
      ([1, 2, 3, -1, 2, 2, 0, 4, -3], 0.203125),
      ([1, 1, 1, 1, 1, 1, 1, 1], 2.0 / 256),
      ([5], 1),
      ([1, -1], 1),
      ([0, 0, 0], 1),
      ([], 1),
    ] as [([Double], Double)])
  func exact(_ means: [Double], _ p: Double) {
    let test = SignFlipTest(means)
    #expect(test.method == .exact)
    #expect(abs(test.p - p) < 1e-15)
  }

  @Test("40 prompts are still counted exactly, and more are drawn, with the found one among them")
  func many() {
    let means = (1...40).map { Double($0 % 7) - 2.5 }
    let exact = SignFlipTest(means)
    #expect(exact.method == .exact)
    // An added prompt with hardly any effect hardly changes p.
    let drawn = SignFlipTest(means + [1e-9], draws: 19_999)
    #expect(drawn.method == .monteCarlo(draws: 19_999))
    #expect(abs(drawn.p - exact.p) < 4 * (exact.p * (1 - exact.p) / 20_000).squareRoot())
    let sure = SignFlipTest(Array(repeating: 1, count: 60), draws: 999)
    #expect(sure.p == 1.0 / 1000)
  }

  @Test("scale, order and sign change nothing", arguments: [1e-12, 1, 1e9])
  func laws(_ scale: Double) {
    let means = [0.3, -0.1, 0.2, 0.5, 0.1, -0.2, 0.4, 0.25]
    let p = SignFlipTest(means).p
    #expect(SignFlipTest(means.map { -scale * $0 }).p == p)
    #expect(SignFlipTest(means.reversed()).p == p)
  }
}

struct HolmTests {
  @Test(
    "each p is multiplied by the number of those not below it, and none overtakes another",
    arguments: [
      ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
      ([0.5, 0.9], [1, 1]),
      ([0.02, 0.02], [0.04, 0.04]),
      ([0.3], [0.3]),
      ([], []),
    ] as [([Double], [Double])])
  func adjusted(_ p: [Double], _ expected: [Double]) {
    let adjusted = Holm.adjusted(p)
    #expect(adjusted.count == expected.count)
    #expect(zip(adjusted, expected).allSatisfy { abs($0 - $1) < 1e-15 }, "\(adjusted)")
  }
}
