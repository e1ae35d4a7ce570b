/// Reward-ranked fine-tuning (RAFT; Dong et al., 2023): sample, judge, select, learn, again.
///
/// A round depends on the settings, the seeds, what the policy and the reward answer, and the rounds
/// before it through the policy and the replay pool; on nothing else. A run that was interrupted is
/// therefore resumed by running its rounds again from the first, with a policy and a reward that
/// remember what they answered.
public struct RewardRankedFineTuning<P: Policy, R: Reward>
where P.Prompt == R.Prompt, P.Sample == R.Sample {
  /// What the loop is set to.
  public let settings: RAFTSettings

  /// All prompts to learn from.
  public let prompts: [P.Prompt]

  /// Who samples and learns.
  public let policy: P

  /// Who judges.
  public let reward: R

  /// Where every draw comes from.
  public let seeds: RunSeeds

  /// What candidates that are the same share, for ``Selection/Strategy/passing(atLeast:)``; nil for
  /// what nothing equals.
  public var fingerprint: (Candidate<P.Prompt, P.Sample>) -> String? = { _ in nil }

  /// The prompts that a random selection of a round draws from, one a sample in the order of training;
  /// nil for what the rule that it imitates would choose of the round's own samples.
  public var imitatedPrompts: (_ round: Int) throws -> [Int]? = { _ in nil }

  /// Told of every stage of a round when it ends; what it throws ends the round there.
  public var observe: (RoundEvent<P.Prompt, P.Sample>) throws -> Void = { _ in }

  /// The best so far of each prompt; empty where the settings do not use it.
  public private(set) var replay = Replay<P.Prompt, P.Sample>()

  private let batches: PromptBatches

  /// The loop, before its first round.
  ///
  /// - Throws: ``RAFTError`` for settings that cannot be, and for too few prompts.
  public init(
    _ settings: RAFTSettings, policy: P, reward: R, prompts: [P.Prompt], seeds: RunSeeds
  ) throws {
    try settings.validate()
    batches = try PromptBatches(
      count: prompts.count, perRound: settings.promptsPerRound, seeds: seeds)
    self.settings = settings
    self.policy = policy
    self.reward = reward
    self.prompts = prompts
    self.seeds = seeds
  }

  /// Runs a round; rounds are run in order from 1, each once.
  ///
  /// - Throws: ``RAFTError`` where nothing is selected or where the policy or the reward does not
  ///   answer as asked; and what these and the observer throw.
  public mutating func round(_ number: Int) throws -> RoundReport {
    let candidates = try sampled(round: number)
    try observe(.sampled(round: number, candidates))

    let judged = try judged(candidates)
    try observe(.judged(round: number, judged))

    let choice = try settings.selection.choice(
      among: judged.map(\.ranked), seeds: seeds, round: number,
      drawingFrom: imitatedPrompts(number))
    try observe(.selected(round: number, choice))

    let examples = try examples(of: choice, from: judged, round: number)
    let tuning = try policy.fineTune(on: examples, round: number)

    let report = RoundReport(
      round: number, judged, choice, examples: examples.count, settings: settings, tuning: tuning)
    try observe(.tuned(report, examples: examples.map(\.request.address)))
    return report
  }

  /// K samples of each prompt of the round.
  private func sampled(round: Int) throws -> [Candidate<P.Prompt, P.Sample>] {
    guard round >= 1 else {
      throw RAFTError.setting("the round", given: "\(round)", needed: "counted from 1")
    }
    let requests = SampleRequest.requests(
      settings.samplesPerPrompt, of: prompts, at: batches.indices(ofRound: round), round: round,
      seeds: seeds)
    let candidates = try policy.candidates(for: requests)
    try checkAnswers(of: "the policy", candidates.count, asked: requests.count)
    for (candidate, request) in zip(candidates, requests)
    where candidate.request.address != request.address {
      throw RAFTError.wrongSample(given: candidate.request.address, asked: request.address)
    }
    return candidates
  }

  /// Candidates with their keys, `score − β·d`; d is asked for only where β is not 0, and only of
  /// candidates that have a score.
  private func judged(
    _ candidates: [Candidate<P.Prompt, P.Sample>]
  ) throws -> [JudgedCandidate<P.Prompt, P.Sample>] {
    let judgements = try reward.judgements(of: candidates)
    try checkAnswers(of: "the reward", judgements.count, asked: candidates.count)
    let scored = zip(candidates, judgements).filter { candidate, judgement in
      JudgedCandidate.checked(judgement, of: candidate).score != nil
    }.map(\.0)
    let divergences =
      settings.beta == 0 || scored.isEmpty ? nil : try policy.divergences(of: scored)
    try checkAnswers(
      of: "the policy's divergences", divergences?.count ?? scored.count, asked: scored.count)
    let divergence = Dictionary(
      uniqueKeysWithValues: zip(scored.map(\.request.address), divergences ?? []))
    return zip(candidates, judgements).map { candidate, judgement in
      JudgedCandidate(
        candidate, judgement, divergence: divergence[candidate.request.address],
        beta: settings.beta, fingerprint: fingerprint(candidate))
    }
  }

  /// What is learned from: what was chosen and, with replay, the best so far of every prompt.
  private mutating func examples(
    of choice: Choice, from judged: [JudgedCandidate<P.Prompt, P.Sample>], round: Int
  ) throws -> [Candidate<P.Prompt, P.Sample>] {
    guard !choice.selected.isEmpty else {
      throw RAFTError.nothingSelected(
        round: round, candidates: judged.count, excluded: judged.countedExclusions(),
        rejected: choice.counts, selection: settings.selection.description)
    }
    let byAddress = Dictionary(uniqueKeysWithValues: judged.map { ($0.address, $0) })
    let selected = choice.selected.compactMap { byAddress[$0] }
    guard settings.usesReplay else { return selected.map(\.candidate) }
    for example in selected {
      replay.keep(example.candidate, key: replayKey(of: example))
    }
    let chosen = Set(choice.selected)
    return selected.map(\.candidate)
      + replay.candidates.filter { !chosen.contains($0.request.address) }
  }

  /// What replay compares: the ranking key, but in the control arm a number that chance gives.
  private func replayKey(of judged: JudgedCandidate<P.Prompt, P.Sample>) -> Double {
    guard settings.selection.isRandom else { return judged.ranked.key ?? -.infinity }
    let address = judged.address
    var generator = SplitMix64(
      seed: seeds.seed("replay", address.round, address.prompt, address.index))
    return generator.unit()
  }

  private func checkAnswers(of who: String, _ given: Int, asked: Int) throws {
    guard given == asked else { throw RAFTError.answers(of: who, given: given, asked: asked) }
  }
}
