internal import RAFT
package import Recipes
package import RunStore

/// Another selection from a run's stored samples: other rewards, weights, K or rule. Nothing is
/// sampled, and nothing of the run is changed.
package final class Reranking {
  private let run: RunDirectory
  private let recipe: Recipe
  private let settings: RerankSettings

  /// nil for the run's own scores.
  private let judging: StoredJudging?

  /// The fingerprint of what the run's own scores depend on.
  private let passport: String?
  private var ledger: RunLedger { run.ledger }

  /// - Parameters:
  ///   - run: the run, which may be open only to read from.
  ///   - recipe: the run's own.
  ///   - settings: how is selected now.
  ///   - rewards: what scores now; nil for the scores that the run has.
  ///   - control: what is heard from the user, and who hears of progress.
  /// - Throws: ``RerankError`` and `RAFTError` for settings that cannot be.
  package init(
    _ run: RunDirectory, recipe: Recipe, settings: RerankSettings, rewards: RunRewards?,
    control: RunControl
  ) throws {
    try settings.validate(against: recipe)
    self.run = run
    self.recipe = recipe
    self.settings = settings
    judging = rewards.map { StoredJudging($0, run, control) }
    passport = try run.ledger.fact("reward_passport")
  }

  /// How many images have been decoded so far.
  package var decodedCount: Int { judging?.decodedCount ?? 0 }

  /// The rounds that can be ranked anew: those that are sampled as a whole and, for the run's own
  /// scores, scored.
  ///
  /// - Throws: ``RerankError/noSamples(run:)`` where there are none.
  package func rounds() throws -> [Int] {
    let needed: RunStage = judging == nil ? .score : .sample
    let rounds = try ledger.rounds().filter { $0.round > 0 && $0.stages.contains(needed) }
    guard !rounds.isEmpty else { throw RerankError.noSamples(run: run.paths.folder) }
    return rounds.map(\.round)
  }

  /// A round under the run's selection and under the new one.
  ///
  /// - Throws: ``RerankError``, and what scoring throws.
  package func round(_ number: Int) throws -> RerankedRound {
    let known = try rounds()
    guard known.contains(number) else {
      throw RerankError.noRound(number, run: run.paths.folder, sampled: known)
    }
    let rows = try ledger.samples(.train, round: number)
    let own = try ownJudgements(ofRound: number)
    let selection = try ledger.selection(number)
    let old = Dictionary((selection?.rows ?? []).map { ($0.address, $0) }) { first, _ in first }
    let verdicts = try verdicts(of: rows, own, round: number)
    let samples = rows.map { row in
      let before = old[row.address].map {
        SampleVerdict(
          reward: own[row.address]?.score, key: $0.key, isSelected: $0.rank != nil,
          reason: $0.reason)
      }
      return RerankedSample(
        row.address, prompt: row.facts.prompt, image: row.image?.path, before: before,
        after: verdicts[row.address] ?? .leftOut)
    }
    return RerankedRound(number: number, rule: selection?.rule, samples: samples)
  }

  /// What the run's own measure said.
  private func ownJudgements(ofRound round: Int) throws -> [SampleAddress: Judgement] {
    guard let passport else { return [:] }
    let scores = try ledger.scores(
      .train, round: round, reward: Scorer.Role.reward.rawValue, passport: passport)
    return Dictionary(scores.map { ($0.address, $0.judgement) }) { first, _ in first }
  }

  // MARK: Verdicts

  /// The verdicts of the new selection; samples beyond K have none.
  private func verdicts(
    of rows: [SampleRow], _ own: [SampleAddress: Judgement], round: Int
  ) throws -> [SampleAddress: SampleVerdict] {
    let rows = rows.filter { $0.address.index < settings.samplesPerPrompt }
    let judgements = try judgements(of: rows, own, round: round)
    let scored = rows.filter { judgements[$0.address]?.score != nil }
    let divergences = try divergences(of: scored, round: round)
    let ranked = rows.map { row in
      let key = judgements[row.address]?.score.map {
        RegularisedRanking.key(
          score: $0, divergence: divergences[row.address] ?? 0, beta: settings.beta)
      }
      return RankedCandidate(address: row.address, key: key, fingerprint: row.image?.digest)
    }
    let choice = settings.selection.choice(
      among: ranked, seeds: RunSeeds(run: recipe.seed), round: round)
    let reasons = choice.reasons
    let verdicts = ranked.map { candidate in
      let judgement = judgements[candidate.address]
      let reason = reasons[candidate.address]
      return (
        candidate.address,
        SampleVerdict(
          reward: judgement?.score, key: candidate.key, isSelected: reason == nil,
          reason: Self.text(reason, judgement))
      )
    }
    return Dictionary(uniqueKeysWithValues: verdicts)
  }

  private static func text(_ reason: Choice.Reason?, _ judgement: Judgement?) -> String {
    if case .excluded(let why)? = judgement { return "excluded: \(why)" }
    return reason?.description ?? "selected"
  }

  private func judgements(
    of rows: [SampleRow], _ own: [SampleAddress: Judgement], round: Int
  ) throws -> [SampleAddress: Judgement] {
    guard let judging else {
      let missing = rows.count { own[$0.address] == nil }
      guard missing == 0 else { throw RerankError.notScored(round: round, missing: missing) }
      return own
    }
    let found = try judging.judgements(of: rows, refusals: own.mapValues(\.refusal))
    return Dictionary(uniqueKeysWithValues: zip(rows.map(\.address), found))
  }

  /// d of each sample; nothing where β is 0, and 0 where the model had no adapter.
  private func divergences(of rows: [SampleRow], round: Int) throws -> [SampleAddress: Double] {
    guard settings.beta != 0 else { return [:] }
    let before = round > 1 ? try ledger.round(round - 1).tuning?.adapter : nil
    guard let adapter = before ?? rows.first?.facts.adapter, adapter != SampleFacts.base else {
      return [:]
    }
    let known = try ledger.divergences(at: rows.map(\.address), adapter: adapter)
    guard known.count == rows.count else {
      throw RerankError.noDivergences(round: round, missing: rows.count - known.count)
    }
    return known
  }
}

extension SampleVerdict {
  /// Of a sample beyond K.
  fileprivate static let leftOut = SampleVerdict(
    reward: nil, key: nil, isSelected: false, reason: "beyond the samples of each prompt asked for")
}

extension Judgement {
  /// Why no measure judges the image, where it is refused for what it shows and not for what a
  /// reward made of it.
  fileprivate var refusal: String? {
    guard case .excluded(let reason) = self else { return nil }
    let kinds = ["unreadable", "black", "flat", "duplicate"]
    return kinds.contains(String(reason.prefix { $0 != ":" })) ? reason : nil
  }
}
