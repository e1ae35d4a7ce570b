import RAFT
import Testing

@Suite struct RejectionSamplerTests {
  private let loaded = [0.05, 0.05, 0.1, 0.1, 0.2, 0.5]
  private let fair = [Double](repeating: 1.0 / 6, count: 6)

  @Test("a fair die becomes a loaded one, and one proposal in M is accepted")
  func loadedDie() throws {
    let sampler = try RejectionSampler(target: loaded, proposal: fair, bound: 3)
    #expect(!sampler.isViolated)
    #expect(abs(sampler.leastBound - 3) < 1e-12)
    #expect(abs(sampler.expectedAcceptanceRate - 1.0 / 3) < 1e-12)

    var generator = SplitMix64(seed: 9)
    let outcome = sampler.sample(proposals: 60_000, using: &generator)
    #expect(outcome.proposals == 60_000)
    #expect(abs(outcome.acceptanceRate - 1.0 / 3) < 5 * (2.0 / 9 / 60_000).squareRoot())
    for (face, probability) in loaded.enumerated() {
      let share =
        Double(outcome.samples.count { $0 == face }) / Double(outcome.samples.count)
      #expect(abs(share - probability) < 5 * (probability / 20_000).squareRoot())
    }
  }

  @Test("a target of any scale has the same samples for a bound of that scale")
  func unnormalised() throws {
    let one = try RejectionSampler(target: loaded, proposal: fair, bound: 3)
    let many = try RejectionSampler(
      target: loaded.map { $0 * 64 }, proposal: fair.map { $0 * 2 }, bound: 3 * 64)
    var (a, b) = (SplitMix64(seed: 4), SplitMix64(seed: 4))
    #expect(one.sample(proposals: 500, using: &a) == many.sample(proposals: 500, using: &b))
  }

  @Test("a bound that is too low is told, and samples are then too even")
  func violated() throws {
    let sampler = try RejectionSampler(target: loaded, proposal: fair, bound: 1.2)
    #expect(sampler.isViolated)
    var generator = SplitMix64(seed: 9)
    let outcome = sampler.sample(proposals: 60_000, using: &generator)
    let share = Double(outcome.samples.count { $0 == 5 }) / Double(outcome.samples.count)
    #expect(share < 0.3)
    #expect(abs(outcome.acceptanceRate - sampler.expectedAcceptanceRate) < 0.011)
  }

  @Test("a target where nothing is proposed is violated by every bound")
  func outside() throws {
    let sampler = try RejectionSampler(target: [0.5, 0.5], proposal: [1, 0], bound: 1e9)
    #expect(sampler.isViolated)
    #expect(sampler.leastBound == .infinity)
    let none = try RejectionSampler(target: [0, 1], proposal: [1, 0], bound: 1)
    var generator = SplitMix64(seed: 1)
    #expect(none.sample(proposals: 100, using: &generator).samples.isEmpty)
    #expect(none.sample(proposals: 0, using: &generator).acceptanceRate == 0)
  }

  @Test(
    "what is no distribution is refused",
    arguments: [
      ([], [1], 1, "the target's weights are finite, from 0 up and not all 0"),
      ([1], [0], 1, "the proposal's weights are finite, from 0 up and not all 0"),
      ([1, -1], [1, 1], 1, "the target's weights are finite, from 0 up and not all 0"),
      ([1, 1], [1], 1, "the target has 2 outcomes and the proposal 1; they have the same"),
      ([1], [1], 0, "the bound M: 0.0 cannot be; it is a finite number above 0"),
    ] as [([Double], [Double], Double, String)])
  func refused(target: [Double], proposal: [Double], bound: Double, message: String) {
    let error = #expect(throws: RAFTError.self) {
      try RejectionSampler(target: target, proposal: proposal, bound: bound)
    }
    #expect(error?.description == message)
  }
}
