internal import CLIPReward
internal import Diffusion
internal import Policies
package import RAFT
package import Recipes
package import Reporting
internal import RunStore
internal import Tokenization

/// A run from its first sample to its last round.
///
/// It always begins at the first round: what the run's folder has already is read from there, so a
/// run that was stopped or killed comes to where it was within seconds and goes on.
package final class AlignmentRun {
  /// How it runs.
  package let recipe: Recipe

  /// What every round came to, the base first.
  package private(set) var rounds: [RunSummary.Round] = []

  /// Why no further round follows; nil before the end, and where all rounds were run.
  package private(set) var ending: StoppingRule.Cause?

  let parts: RunParts
  let evaluator: Evaluator
  let library: SampleLibrary
  let learner: Learner
  private let control: RunControl

  /// Called when a round is finished, the base's numbers included.
  var onRound: () throws -> Void = {}
  private let panel: DevPanel
  private let scorer: Scorer
  private let maker: ImageMaker
  let pictures: RoundPictures
  private(set) var clock: StageClock
  /// What is out of the ordinary.
  package private(set) var warnings: [String] = []
  private var ledger: RunLedger { parts.directory.ledger }

  /// - Parameters:
  ///   - recipe: how to run.
  ///   - parts: what with.
  ///   - control: what the run hears and tells.
  package init(_ recipe: Recipe, _ parts: RunParts, _ control: RunControl) throws {
    self.recipe = recipe
    self.parts = parts
    self.control = control
    learner = try Learner(recipe, parts, control)
    maker = try ImageMaker(recipe, learner, parts, control)
    scorer = Scorer(
      parts.rewards, parts.directory, control, batch: parts.settled.scoreBatch)
    library = SampleLibrary(directory: parts.directory)
    evaluator = Evaluator(
      recipe: recipe, seeds: RunSeeds(run: recipe.seed), maker: maker, scorer: scorer)
    panel = DevPanel(
      evaluator: evaluator, learner: learner, library: library,
      reference: ReferenceImages(recipe, parts, control))
    pictures = RoundPictures(recipe: recipe, directory: parts.directory, library: library)
    clock = try StageClock(parts.directory)
  }

  /// Runs the rounds to the last one, or to where the user or a budget wants to stop.
  ///
  /// - Throws: `RunError.interrupted` and `RunError.stageFinished`, which are no failures, and what
  ///   goes wrong.
  package func run() throws {
    do {
      try runRounds()
    } catch {
      // Why the run ends is what the user must hear, not that its time could not be kept.
      do { try clock.pause() } catch {}
      throw error
    }
  }

  private func runRounds() throws {
    try warnOfTruncation()
    let rule = StoppingRule(
      patience: recipe.stopping.patience, minimalGain: recipe.stopping.minimalGain,
      budget: RunBudget(seconds: recipe.stopping.seconds, samples: recipe.stopping.samples))
    try rule.validate()
    var loop = try makeLoop()
    try evaluate(0)
    for round in 0..<recipe.rounds.count {
      // A round that was begun is finished, whatever was decided meanwhile.
      let isBegun = try ledger.sampleCount(.train, round: round + 1) > 0
      if !isBegun, case .stop(_, let cause) = decision(by: rule) {
        ending = cause
        break
      }
      clock.start(.sample, round: round + 1)
      let report = try loop.round(round + 1)
      try evaluate(round + 1, report)
    }
    if bestRound > 0 { try parts.directory.setBest(round: bestRound) }
  }

  /// The round that dev finds best, 0 being the base; the last one where there are no dev prompts.
  package var bestRound: Int {
    StoppingRule.bestRound(of: devValues) ?? rounds.last?.number ?? 0
  }

  private var devValues: [DevValue] {
    rounds.compactMap { round in
      round.devReward.map {
        DevValue(round: round.number, value: $0.value, standardError: $0.standardError)
      }
    }
  }

  private func decision(by rule: StoppingRule) -> StoppingRule.Decision {
    let samples =
      min(recipe.rounds.prompts ?? .max, recipe.prompts.train.count)
      * recipe.rounds.samplesPerPrompt
    let done = rounds.count - 1
    return rule.decision(
      after: devValues, spent: .init(seconds: clock.total, samples: done * samples),
      next: .init(seconds: clock.seconds(ofRound: done), samples: samples))
  }

  private func makeLoop() throws -> RewardRankedFineTuning<RecordedPolicy, RecordedReward> {
    let settings = RAFTSettings(
      samplesPerPrompt: recipe.rounds.samplesPerPrompt, promptsPerRound: recipe.rounds.prompts,
      selection: recipe.selection, beta: recipe.rounds.beta, usesReplay: recipe.rounds.replay)
    var loop = try RewardRankedFineTuning(
      settings,
      policy: RecordedPolicy(
        maker: maker, learner: learner, library: library, ledger: ledger),
      reward: RecordedReward(scorer: scorer, ledger: ledger), prompts: recipe.prompts.train,
      seeds: RunSeeds(run: recipe.seed))
    loop.fingerprint = { [unowned self] in digests[$0.request.address] }
    if let donor = parts.donor {
      // The control arm learns from as many images of the same prompts as the run did.
      loop.imitatedPrompts = { round in
        try donor.ledger.selection(round)?.selected.map(\.address.prompt)
      }
    }
    loop.observe = { [unowned self] in try observe($0) }
    return loop
  }

  /// The candidates of the round that runs, once they are judged.
  private var judged: [JudgedCandidate<String, DiffusionSample>] = []

  /// The digests of its images, by which copies are found.
  private var digests: [SampleAddress: String] = [:]

  /// Keeps what a stage came to, and ends the run where the user wanted it to.
  private func observe(_ event: RoundEvent<String, DiffusionSample>) throws {
    switch event {
    case .sampled(let round, let candidates):
      // What the base itself makes of the prompts to learn from, for a loss that keeps it.
      if round == 1, recipe.tuning.preservation > 0 {
        learner.preserved = candidates.filter { $0.sample != nil }
      }
      digests = Dictionary(
        try ledger.samples(.train, round: round)
          .compactMap { row in row.image.map { (row.address, $0.digest) } }
      ) { first, _ in first }
      try finish(.sample, round, next: .score)
    case .judged(let round, let candidates):
      judged = candidates
      try finish(.score, round, next: .select)
    case .selected(let round, let choice):
      try ledger.record(
        selection: RoundSelection(
          round: round, rule: recipe.selection.description, choice.rows(round, judged)))
      if try !ledger.round(round).stages.contains(.select) {
        try pictures.draw(round, judged, choice)
      }
      try finish(.select, round, next: .tune)
    case .tuned(let report, _):
      for warning in report.warnings { warn("round \(report.round): \(warning)") }
      try finish(.tune, report.round, next: .evaluate)
    }
  }

  private func finish(_ stage: RunStage, _ round: Int, next: RunStage) throws {
    let done = try ledger.round(round).stages
    let isNew = !done.contains(stage)
    if isNew { try ledger.finish(stage, round: round) }
    try clock.finish(stage, round: round, next: next, isNew: isNew)
    if control.lastStage == stage, !done.contains(.evaluate) {
      throw RunError.stageFinished(stage, round: round)
    }
  }

  /// Takes the numbers of a round, from the ledger where it has them.
  private func evaluate(_ round: Int, _ report: RoundReport? = nil) throws {
    clock.start(.evaluate, round: round)
    let isDue =
      round == 0 || round == recipe.rounds.count || round % max(recipe.evaluating.every, 1) == 0
    var known = try ledger.round(round)
    let isNew = !known.stages.contains(.evaluate)
    if isNew {
      var metrics = isDue ? try panel.metrics(after: round) : [:]
      if let report {
        metrics = RunSummary.Round(round, metrics, report, recipe.prompts.train).numbers
          .merging(report.uncharted) { $1 }
      }
      try ledger.record(metrics: metrics, round: round)
      try ledger.finish(.evaluate, round: round)
      known = try ledger.round(round)
    }
    try clock.finish(.evaluate, round: round, next: nil, isNew: isNew)
    var summary = RunSummary.Round(round, known.metrics, report, recipe.prompts.train)
    summary.seconds = clock.times(ofRound: round).map { .init($0.stage.rawValue, $0.seconds) }
    rounds.append(summary)
    completeGains()
    try MetricsFile.write(ledger.rounds(), to: parts.directory.paths.metrics)
    try onRound()
    control.tell(.round(summary))
    try control.check("after round \(round)")
  }

  /// The gain that came is seen in the round after, where it samples the same prompts.
  private func completeGains() {
    for place in rounds.indices.dropLast() where rounds[place].number > 0 {
      let (now, next) = (rounds[place], rounds[place + 1])
      guard now.prompts.map(\.prompt) == next.prompts.map(\.prompt), let mean = now.rewardMean,
        let later = next.rewardMean
      else { continue }
      rounds[place].gainActual = later - mean
    }
  }

  private func warnOfTruncation() throws {
    for prompt in Set(recipe.prompts.train + recipe.prompts.dev + recipe.prompts.test).sorted() {
      guard let rest = try learner.truncation(of: prompt) else { continue }
      warn(
        "the model sees \(parts.model.tokenizer.promptTokenCount) tokens of a prompt; "
          + "this was cut off: “\(rest)”")
    }
  }

  /// The rewards of a round's samples that have one.
  func rewards(ofRound round: Int) throws -> [Double] {
    try ledger.scores(
      .train, round: round, reward: Scorer.Role.reward.rawValue,
      passport: parts.rewards.judge.passport.fingerprint
    ).compactMap(\.judgement.score)
  }

  private func warn(_ text: String) {
    guard !warnings.contains(text) else { return }
    warnings.append(text)
    control.tell(.warning(text))
  }
}
