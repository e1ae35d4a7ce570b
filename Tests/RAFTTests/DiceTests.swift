import RAFT
import Testing

private typealias DiceLoop = RewardRankedFineTuning<LoadedDice, Eyes>

private func run(
  _ dice: LoadedDice, _ settings: RAFTSettings, rounds: Int, seed: UInt64 = 1
) throws -> [RoundReport] {
  var loop = try DiceLoop(
    settings, policy: dice, reward: Eyes(), prompts: Array(dice.base.indices),
    seeds: RunSeeds(run: seed))
  return try (1...rounds).map { try loop.round($0) }
}

@Suite("the whole loop on dice") struct DiceTests {
  @Test(
    "every rule that ranks loads fair dice towards six",
    arguments: [
      "best", "best:2", "top:0.2", "local-top:15", "threshold:5", "percentile:80",
      "prompt-percentile:80", "passing:5",
    ])
  func converges(selection: String) throws {
    let dice = LoadedDice(fair: 20)
    let reports = try run(
      dice, RAFTSettings(samplesPerPrompt: 8, selection: try Selection(parsing: selection)),
      rounds: 14)
    // Of equal scores over all prompts the lower prompts' are chosen, so the last dice of a global
    // rule learn late.
    #expect(dice.meanEyes > 5.1)
    #expect(try #require(reports.last).meanReward > 5.1)
    #expect(abs(reports[0].meanReward - 3.5) < 0.5)
    #expect(dice.divergenceFromBase > 0.5)
  }

  @Test("the mean of the best of K is that of theory", arguments: [1, 2, 5, 10])
  func bestOfK(count: Int) throws {
    let die = [0.3, 0.3, 0.2, 0.1, 0.06, 0.04]
    let dice = LoadedDice([[Double]](repeating: die, count: 1_500))
    let report = try run(dice, RAFTSettings(samplesPerPrompt: count), rounds: 1)[0]
    let expected = try BestOfN.expected(
      of: count, values: [1, 2, 3, 4, 5, 6], probabilities: die)
    // Five standard errors; no face deviates by more than 1.5 on average.
    #expect(abs(report.bestReward - expected) < 5 * 1.5 / 1_500.0.squareRoot())
    #expect(report.selectedReward == report.bestReward)
    #expect(abs(report.gain - (report.bestReward - report.meanReward)) < 1e-9)
    #expect(report.gain <= BestOfN.gainBound(of: count, range: 5) + 1e-12)
  }

  @Test("the best of fewer, estimated from K, is what fewer would have given")
  func fewer() throws {
    var loop = try DiceLoop(
      RAFTSettings(samplesPerPrompt: 10), policy: LoadedDice(fair: 800), reward: Eyes(),
      prompts: Array(0..<800), seeds: RunSeeds(run: 8))
    var estimate = 0.0
    loop.observe = { event in
      guard case .judged(_, let judged) = event else { return }
      for (_, group) in Dictionary(grouping: judged, by: \.address.prompt) {
        let scores = group.compactMap(\.judgement.score)
        estimate += try BestOfN.expected(of: 3, among: scores) / 800
      }
    }
    _ = try loop.round(1)
    #expect(abs(estimate - 119.0 / 24) < 0.12)
  }

  @Test("random selection does not improve the reward, and ranking with the same budget does")
  func control() throws {
    func trained(_ selection: String) throws -> LoadedDice {
      let dice = LoadedDice(fair: 150, rate: 0.2)
      _ = try run(
        dice, RAFTSettings(samplesPerPrompt: 6, selection: try Selection(parsing: selection)),
        rounds: 8)
      return dice
    }
    let (ranked, random) = try (trained("best"), trained("random:best"))
    #expect(ranked.lessons.map(\.count) == random.lessons.map(\.count))
    #expect(ranked.meanEyes > 4.5)
    // A round moves a die's mean by a fifth of how far a throw is from it, 1.7 at most on average,
    // so eight rounds by less than 1: five standard errors of 150 dice.
    #expect(abs(random.meanEyes - 3.5) < 5 * 1.0 / 150.0.squareRoot())
  }

  @Test("best-of-1 is supervised fine-tuning on all samples")
  func bestOfOne() throws {
    let (ranked, supervised) = (LoadedDice(fair: 30), LoadedDice(fair: 30))
    _ = try run(ranked, RAFTSettings(samplesPerPrompt: 1), rounds: 3)
    for round in 1...3 {
      let requests = SampleRequest.requests(
        1, of: Array(0..<30), at: 0..<30, round: round, seeds: RunSeeds(run: 1))
      _ = supervised.fineTune(on: supervised.candidates(for: requests), round: round)
    }
    #expect(ranked.probabilities == supervised.probabilities)
  }

  @Test("keeping all K of each prompt is supervised fine-tuning too")
  func allOfK() throws {
    let (all, supervised) = (LoadedDice(fair: 30), LoadedDice(fair: 30))
    _ = try run(
      all, RAFTSettings(samplesPerPrompt: 4, selection: Selection(.bestOfPrompt(keep: 4))),
      rounds: 1)
    let requests = SampleRequest.requests(
      4, of: Array(0..<30), at: 0..<30, round: 1, seeds: RunSeeds(run: 1))
    _ = supervised.fineTune(on: supervised.candidates(for: requests), round: 1)
    #expect(all.probabilities == supervised.probabilities)
  }

  @Test("the larger β, the nearer the dice stay to their base")
  func regularised() throws {
    let divergences = try [0.0, 1, 4, 1_000].map { beta in
      let dice = LoadedDice(fair: 40, rate: 0.1)
      _ = try run(dice, RAFTSettings(samplesPerPrompt: 8, beta: beta), rounds: 20)
      return dice.divergenceFromBase
    }
    #expect(divergences == divergences.sorted(by: >))
    #expect(divergences[0] > 1 && divergences[3] < 0.1)
  }

  @Test("a huge β takes dice that have left their base back to its favourites")
  func backToBase() throws {
    let base = [0.5, 0.3, 0.1, 0.05, 0.03, 0.02]
    let moved = [0.02, 0.03, 0.05, 0.1, 0.3, 0.5]
    let dice = LoadedDice(
      [[Double]](repeating: moved, count: 30), base: [[Double]](repeating: base, count: 30),
      rate: 0.1)
    let before = dice.divergenceFromBase
    _ = try run(dice, RAFTSettings(samplesPerPrompt: 10, beta: 1e6), rounds: 40)
    #expect(dice.divergenceFromBase < before / 5)
    #expect(dice.meanEyes < 3)
  }

  @Test("a learner can be taught by another's samples, which stays as it is")
  func distillation() throws {
    let teacher = LoadedDice([[Double]](repeating: [0, 0, 0.1, 0.2, 0.4, 0.3], count: 20))
    let learner = LoadedDice(fair: 20)
    var loop = try RewardRankedFineTuning(
      RAFTSettings(samplesPerPrompt: 6), policy: Distillation(from: teacher, to: learner),
      reward: Eyes(), prompts: Array(0..<20), seeds: RunSeeds(run: 1))
    for round in 1...6 { _ = try loop.round(round) }
    #expect(teacher.probabilities == teacher.base)
    #expect(teacher.lessons.isEmpty && learner.lessons.count == 6)
    #expect(learner.meanEyes > 5.4)
    let lesson = learner.lessons[0]
    #expect(try loop.policy.divergences(of: lesson) == learner.divergences(of: lesson))
  }

  @Test("the same seeds give the same run twice, and others another")
  func deterministic() throws {
    func trained(_ seed: UInt64) throws -> ([RoundReport], [[Double]]) {
      let dice = LoadedDice(fair: 12)
      let settings = RAFTSettings(
        samplesPerPrompt: 4, promptsPerRound: 5, selection: try Selection(parsing: "random:best:2"),
        usesReplay: true)
      let reports = try run(dice, settings, rounds: 6, seed: seed)
      return (reports, dice.probabilities)
    }
    let (first, second, other) = try (trained(1), trained(1), trained(2))
    #expect(first == second)
    #expect(first.1 != other.1)
  }

  @Test("replay brings back the best face of each die that was ever selected")
  func replay() throws {
    let dice = LoadedDice(fair: 10, rate: 0.1)
    _ = try run(dice, RAFTSettings(samplesPerPrompt: 2, usesReplay: true), rounds: 5)
    for (round, lesson) in dice.lessons.enumerated() {
      for (die, examples) in Dictionary(grouping: lesson, by: \.request.prompt) {
        let seen = dice.lessons.prefix(round + 1).joined()
          .filter { $0.request.prompt == die }.compactMap(\.sample)
        #expect(examples.compactMap(\.sample).max() == seen.max())
      }
    }
  }
}
