import RAFT
import Testing

private func history(_ values: [Double], error: Double? = nil) -> [DevValue] {
  values.enumerated().map { DevValue(round: $0, value: $1, standardError: error) }
}

@Suite struct StoppingRuleTests {
  @Test(
    "a run goes on while its dev value becomes better within the patience",
    arguments: [
      [], [1], [1, 2, 3, 4], [3, 2, 1], [1, 5, 4, 4], [1, 1, 1, 2, 1, 1], [5, 4, 4, 6],
    ] as [[Double]])
  func goesOn(values: [Double]) {
    #expect(StoppingRule(patience: 3).decision(after: history(values)) == .goOn)
  }

  @Test(
    "a run that is flat or past its peak for the patience stops with its best round",
    arguments: [
      ([1, 1, 1, 1], .stop(best: 0, .flat(rounds: 3))),
      ([1, 3, 3, 2, 3], .stop(best: 1, .flat(rounds: 3))),
      ([1, 2, 6, 5, 4, 3], .stop(best: 2, .pastPeak(rounds: 3, fall: 3))),
      ([4, 3, 2, 1], .stop(best: 0, .pastPeak(rounds: 3, fall: 3))),
      ([1, 2, .nan, .nan, .nan], .stop(best: 1, .flat(rounds: 3))),
      ([.nan, .nan, .nan, .nan], .stop(best: 0, .flat(rounds: 3))),
    ] as [([Double], StoppingRule.Decision)])
  func stops(values: [Double], decision: StoppingRule.Decision) {
    #expect(StoppingRule(patience: 3).decision(after: history(values)) == decision)
  }

  @Test("a gain counts once it is above the least one, also where it comes slowly")
  func minimalGain() {
    let rule = StoppingRule(patience: 2, minimalGain: 0.5)
    #expect(rule.decision(after: history([1, 1.25, 1.5])) == .stop(best: 2, .flat(rounds: 2)))
    #expect(
      rule.decision(after: history([1, 1.25, 1.75, 2, 2.25])) == .stop(best: 4, .flat(rounds: 2)))
    #expect(rule.decision(after: history([1, 1.25, 1.75, 2, 2.5])) == .goOn)
  }

  @Test("a fall within the standard error is flat")
  func noise() {
    let rule = StoppingRule(patience: 2)
    #expect(
      rule.decision(after: history([3, 2.5, 2.5], error: 0.6)) == .stop(best: 0, .flat(rounds: 2)))
    #expect(
      rule.decision(after: history([3, 2.5, 2.5], error: 0.4))
        == .stop(best: 0, .pastPeak(rounds: 2, fall: 0.5)))
  }

  @Test("rounds without a dev value count as rounds")
  func everyOther() {
    let values = [0, 2, 4].map { DevValue(round: $0, value: 1) }
    #expect(StoppingRule(patience: 3).decision(after: Array(values.prefix(2))) == .goOn)
    #expect(
      StoppingRule(patience: 3).decision(after: values) == .stop(best: 0, .flat(rounds: 4)))
  }

  @Test("without patience only the budget ends a run")
  func noPatience() {
    let rule = StoppingRule(patience: 0, budget: RunBudget(seconds: 60, samples: 500))
    let flat = history([1, 1, 1, 1, 1, 1])
    func decision(_ seconds: Double, _ samples: Int) -> StoppingRule.Decision {
      rule.decision(
        after: flat, spent: .init(seconds: seconds, samples: samples),
        next: .init(seconds: 20, samples: 100))
    }
    #expect(decision(40, 400) == .goOn)
    #expect(decision(41, 400) == .stop(best: 0, .time(60)))
    #expect(decision(40, 401) == .stop(best: 0, .samples(500)))
    #expect(
      rule.decision(after: flat, spent: .init(seconds: 60)) == .stop(best: 0, .time(60)))
  }

  @Test("why a run ends is told in words")
  func texts() {
    let texts = [
      StoppingRule.Cause.flat(rounds: 1), .pastPeak(rounds: 3, fall: 0.500_001), .time(60),
      .samples(500),
    ].map(\.description)
    #expect(
      texts == [
        "the dev reward has not become better for 1 round",
        "the dev reward has not become better for 3 rounds and is 0.5 below its peak",
        "the next round would go beyond the budget of 60.0 s",
        "the next round would go beyond the budget of 500 samples",
      ])
  }

  @Test(
    "a rule that cannot be is refused",
    arguments: [
      (
        StoppingRule(patience: -1),
        "patience: -1 cannot be; it is a number of rounds, or 0 for no end"
      ),
      (
        StoppingRule(minimalGain: .nan),
        "the minimal gain: nan cannot be; it is a finite number from 0 up"
      ),
      (
        StoppingRule(budget: RunBudget(seconds: 0)),
        "the budget of time: 0.0 s cannot be; it is a finite time above 0"
      ),
      (
        StoppingRule(budget: RunBudget(samples: 0)),
        "the budget of samples: 0 cannot be; it is at least 1"
      ),
    ])
  func refused(rule: StoppingRule, message: String) {
    let error = #expect(throws: RAFTError.self) { try rule.validate() }
    #expect(error?.description == message)
  }
}
