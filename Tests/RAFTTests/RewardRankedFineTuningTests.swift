import RAFT
import Testing

private typealias Loop = RewardRankedFineTuning<Script, Identity>

private let seeds = RunSeeds(run: 12)

private func makeLoop(
  _ policy: Script, _ settings: RAFTSettings, reward: Identity = Identity()
) throws -> Loop {
  let prompts = policy.rounds[0].indices.map { "prompt \($0)" }
  return try Loop(settings, policy: policy, reward: reward, prompts: prompts, seeds: seeds)
}

private func places(_ addresses: [SampleAddress]) -> [String] {
  addresses.map { "\($0.round)/\($0.prompt)-\($0.index)" }
}

@Suite struct RewardRankedFineTuningTests {
  @Test("a round asks the policy and the reward once a stage, and tells of each")
  func stages() throws {
    let policy = Script([[[1, 2], [4, 3]]])
    var loop = try makeLoop(policy, RAFTSettings(samplesPerPrompt: 2))
    var stages: [String] = []
    loop.observe = { event in
      switch event {
      case .sampled(let round, let candidates):
        stages.append("sampled \(round): \(candidates.map { $0.sample ?? 0 }), \(policy.calls)")
      case .judged(let round, let judged):
        stages.append("judged \(round): \(judged.map { $0.ranked.key ?? 0 })")
      case .selected(let round, let choice):
        stages.append("selected \(round): \(places(choice.selected))")
      case .tuned(let report, let examples):
        stages.append("tuned \(report.round): \(places(examples))")
      }
    }
    _ = try loop.round(1)
    #expect(
      stages == [
        #"sampled 1: [1.0, 2.0, 4.0, 3.0], ["sample 4"]"#, "judged 1: [1.0, 2.0, 4.0, 3.0]",
        #"selected 1: ["1/1-0", "1/0-1"]"#, #"tuned 1: ["1/1-0", "1/0-1"]"#,
      ])
    #expect(policy.calls == ["sample 4", "tune 2"])
  }

  @Test("what the observer throws ends the round there")
  func interrupted() throws {
    struct Stop: Error {}
    let policy = Script([[[1, 2]]])
    var loop = try makeLoop(policy, RAFTSettings(samplesPerPrompt: 2))
    loop.observe = { if case .selected = $0 { throw Stop() } }
    #expect(throws: Stop.self) { try loop.round(1) }
    #expect(policy.calls == ["sample 2"])
  }

  @Test("requests have their seeds, and prompts their places in the whole set")
  func requests() throws {
    let policy = Script([[[Double?]]](repeating: [[1], [2], [3], [4], [5]], count: 9))
    var loop = try makeLoop(
      policy, RAFTSettings(samplesPerPrompt: 1, promptsPerRound: 2))
    var seen: [[Int]] = []
    loop.observe = { event in
      guard case .sampled(_, let candidates) = event else { return }
      seen.append(candidates.map(\.request.address.prompt))
      for request in candidates.map(\.request) {
        #expect(request.seed == seeds.seed(of: request.address))
        #expect(request.prompt == "prompt \(request.address.prompt)")
      }
    }
    let batches = try PromptBatches(count: 5, perRound: 2, seeds: seeds)
    for round in 1...9 { _ = try loop.round(round) }
    #expect(seen == (1...9).map { batches.indices(ofRound: $0) })
  }

  @Test("β ranks by the score less β·d, of candidates that have a score")
  func regularised() throws {
    let policy = Script([[[1, 2, nil], [4, 3, -5]]])
    policy.divergence = { $0 }
    var settings = RAFTSettings(samplesPerPrompt: 3, beta: 2)
    var regularised = try makeLoop(policy, settings, reward: Identity(floor: 0))
    var judged: [JudgedCandidate<String, Double>] = []
    regularised.observe = { if case .judged(_, let all) = $0 { judged = all } }
    let report = try regularised.round(1)
    #expect(judged.map(\.ranked.key) == [-1, -2, nil, -4, -3, nil])
    #expect(judged.map(\.divergence) == [1, 2, nil, 4, 3, nil])
    #expect(policy.calls == ["sample 6", "diverge 4", "tune 2"])
    #expect(places(policy.lessons[0]) == ["1/0-0", "1/1-1"])
    #expect(report.selectedReward == 2)
    #expect(report.bestReward == 3)

    settings.beta = 0
    var plain = try makeLoop(policy, settings, reward: Identity(floor: 0))
    _ = try plain.round(1)
    #expect(policy.calls.suffix(2) == ["sample 6", "tune 2"])
    #expect(RegularisedRanking.key(score: 1, divergence: .infinity, beta: 0) == 1)
    #expect(RegularisedRanking.key(score: 1, divergence: -2, beta: 0.5) == 2)
  }

  @Test("a score or divergence that is no number excludes its candidate, and is counted")
  func notFinite() throws {
    let policy = Script([[[.nan, 1, 2, 3]]])
    policy.divergence = { $0 == 3 ? .infinity : 0 }
    var loop = try makeLoop(policy, RAFTSettings(samplesPerPrompt: 4, beta: 1))
    let report = try loop.round(1)
    #expect(places(policy.lessons[0]) == ["1/0-2"])
    #expect(
      report.exclusions == ["its score is nan": 1, "its divergence from the base is inf": 1])
  }

  @Test("replay adds the best of each prompt that any round has selected, the earlier of equals")
  func replay() throws {
    let policy = Script([
      [[5, 1], [1, 2], [0, 0]],
      [[4, 3], [2, 2], [0, 1]],
      [[6, 7], [0, 1], [1, 0]],
    ])
    var settings = RAFTSettings(samplesPerPrompt: 2, usesReplay: true)
    var loop = try makeLoop(policy, settings)
    let reports = try (1...3).map { try loop.round($0) }
    #expect(
      policy.lessons.map(places) == [
        ["1/0-0", "1/1-1", "1/2-0"],
        ["2/0-0", "2/1-0", "2/2-1", "1/0-0", "1/1-1"],
        ["3/0-1", "3/1-1", "3/2-0", "1/1-1", "2/2-1"],
      ])
    #expect(reports.map(\.selected) == [3, 3, 3])
    #expect(reports.map(\.examples) == [3, 5, 5])

    settings.usesReplay = false
    let plain = Script(policy.rounds)
    var other = try Loop(
      settings, policy: plain, reward: Identity(), prompts: ["a", "b", "c"], seeds: seeds)
    for round in 1...3 { _ = try other.round(round) }
    #expect(plain.lessons.map(\.count) == [3, 3, 3])
    #expect(other.replay.candidates.isEmpty)
  }

  @Test("the control arm replays what chance keeps, and not what the reward likes")
  func randomReplay() throws {
    // In every round the second sample is the better one; later rounds are the better ones.
    let rounds = (0..<40).map { round in [[Double(round), Double(round) + 0.5]] }
    let policy = Script(rounds)
    var loop = try makeLoop(
      policy,
      RAFTSettings(
        samplesPerPrompt: 2, selection: try Selection(parsing: "random:best"), usesReplay: true))
    for round in 1...40 { _ = try loop.round(round) }
    let replayed = policy.lessons.compactMap { $0.count == 2 ? $0[1].round : nil }
    // The best so far would always be the newest, which is selected anyway.
    #expect(replayed.count > 20)
  }

  @Test("a round that selects nothing says how many were left out, and why")
  func nothingSelected() throws {
    let policy = Script([[[1, 0.1, nil], [0.2, 0.3, nil]]])
    let settings = RAFTSettings(
      samplesPerPrompt: 3, selection: try Selection(parsing: "threshold:7"))
    var observed = false
    var strict = try makeLoop(policy, settings, reward: Identity(floor: 0.25))
    strict.observe = { if case .selected = $0 { observed = true } }
    let error = #expect(throws: RAFTError.self) { try strict.round(1) }
    #expect(
      error?.description == "round 1 selected none of its 6 candidates (4 excluded, 2 below the "
        + "threshold); excluded for: 2 × no image; 2 × too dark; choose a selection that takes more "
        + "than threshold:7")
    #expect(observed)

    var stricter = try makeLoop(
      policy, RAFTSettings(samplesPerPrompt: 3), reward: Identity(floor: 9))
    let other = #expect(throws: RAFTError.self) { try stricter.round(1) }
    #expect(
      other?.description == "round 1 selected none of its 6 candidates (6 excluded); excluded for: "
        + "4 × too dark; 2 × no image; look at the samples, the reward and its floors")
    #expect(policy.calls == ["sample 6", "sample 6"])
  }

  @Test("a policy or reward that does not answer as asked ends the round")
  func answers() throws {
    let settings = RAFTSettings(samplesPerPrompt: 2)
    func message(_ policy: Script, _ reward: Identity) throws -> String? {
      var loop = try makeLoop(policy, settings, reward: reward)
      return #expect(throws: RAFTError.self) { try loop.round(1) }?.description
    }
    let fewer = Script([[[1, 2]]])
    fewer.surplus = -1
    #expect(
      try message(fewer, Identity())
        == "the policy gave 1 answers where 2 were asked for; it has to give one each, in order")
    let reversed = Script([[[1, 2]]])
    reversed.isReversed = true
    #expect(
      try message(reversed, Identity()) == "the policy gave the sample train/001/000-01 where "
        + "train/001/000-00 was asked for; it has to answer in order")
    #expect(
      try message(Script([[[1, 2]]]), Identity(surplus: -1))
        == "the reward gave 1 answers where 2 were asked for; it has to give one each, in order")
  }

  @Test("rounds are counted from 1")
  func roundZero() throws {
    var loop = try makeLoop(Script([[[1, 2]]]), RAFTSettings(samplesPerPrompt: 2))
    let error = #expect(throws: RAFTError.self) { try loop.round(0) }
    #expect(error?.description == "the round: 0 cannot be; it is counted from 1")
  }

  @Test("duplicates are told by the fingerprint that the loop is given")
  func fingerprints() throws {
    let policy = Script([[[1, 2, 3]]])
    var loop = try makeLoop(
      policy, RAFTSettings(samplesPerPrompt: 3, selection: try Selection(parsing: "passing:1")))
    loop.fingerprint = { $0.sample == 1 ? "one" : "more" }
    let report = try loop.round(1)
    #expect(places(policy.lessons[0]) == ["1/0-2", "1/0-0"])
    #expect(report.rejected == [.duplicate: 1])
  }

  @Test(
    "settings that cannot be are refused before anything is sampled",
    arguments: [
      (RAFTSettings(samplesPerPrompt: 0), "samples per prompt: 0 cannot be; it is at least 1"),
      (RAFTSettings(promptsPerRound: 0), "prompts per round: 0 cannot be; it is at least 1"),
      (RAFTSettings(beta: -1), "β: -1.0 cannot be; it is a finite number from 0 up"),
      (RAFTSettings(beta: .nan), "β: nan cannot be; it is a finite number from 0 up"),
      (
        RAFTSettings(selection: Selection(.topFraction(2))),
        "the selection top:2 cannot be: the share is above 0 and at most 1"
      ),
      (
        RAFTSettings(samplesPerPrompt: 4, selection: Selection(.bestOfPrompt(keep: 5))),
        "the selection best:5 cannot be: there are 4 samples of each prompt"
      ),
      (
        RAFTSettings(promptsPerRound: 3),
        "a round of 3 prompts cannot be drawn from 2; give more prompts, or ask for at most 2 a round"
      ),
    ])
  func refused(settings: RAFTSettings, message: String) {
    let error = #expect(throws: RAFTError.self) {
      try makeLoop(Script([[[1], [2]]]), settings)
    }
    #expect(error?.description == message)
  }
}
