internal import Files
internal import Imaging
internal import RAFT
package import Recipes
package import Reporting
internal import RunStore

/// A whole job: the run, its control arm, the test and the report.
package final class AlignmentJob {
  /// The run itself.
  package let run: AlignmentRun

  private let recipe: Recipe
  private let parts: RunParts
  private let control: RunControl
  private var reporter: RunReporter

  /// - Parameters:
  ///   - facts: names and values of the table on top of the report.
  ///   - rewardName: what the optimised reward is called.
  ///   - watchName: what the watched reward is called; nil for none.
  package init(
    _ recipe: Recipe, _ parts: RunParts, _ control: RunControl, facts: [HTMLReport.Fact],
    rewardName: String, watchName: String?
  ) throws {
    self.recipe = recipe
    self.parts = parts
    self.control = control
    run = try AlignmentRun(recipe, parts, control)
    reporter = try RunReporter(run, facts: facts, rewardName: rewardName, watchName: watchName)
  }

  /// Runs to the end, or to where the user wants to stop; the report is of what is done either way.
  ///
  /// - Returns: what there is to tell.
  /// - Throws: `RunError.interrupted` and `RunError.stageFinished`, which are no failures, and what
  ///   goes wrong.
  package func finish() throws -> RunSummary {
    // The report is there while the run goes on, and whatever ends it.
    run.onRound = { [unowned self] in try reporter.write() }
    try run.run()
    try reporter.write()
    let done = run.rounds.last?.number ?? 0
    let controlRun = recipe.control && done > 0 ? try runControl(rounds: done) : nil
    reporter.summary.controlRounds = controlRun?.rounds ?? []
    // An earlier one would vouch for images that are still being made.
    try Removal.remove(parts.directory.paths.test)
    reporter.summary.test = try test(controlRun)
    try drawDev()
    try reporter.write()
    if let test = reporter.summary.test {
      try AtomicFile.write(TestFile.json(test), to: parts.directory.paths.test)
    }
    return reporter.summary
  }

  private func runControl(rounds: Int) throws -> AlignmentRun {
    let directory = try RunDirectory.opened(at: parts.directory.paths.control.folder)
    let control = ControlArm.recipe(of: recipe, rounds: rounds)
    try directory.write(recipe: control.yaml())
    var parts = self.parts
    parts.directory = directory
    parts.settled = try SettledFacts(copied: self.parts.settled, to: directory.ledger)
    parts.donor = self.parts.directory
    self.control.tell(.note("the control arm: random selection, all else equal"))
    let run = try AlignmentRun(control, parts, self.control.forControlArm)
    try run.run()
    return run
  }

  /// The test prompts with the base, the best round and the control arm after as many rounds.
  private func test(_ controlRun: AlignmentRun?) throws -> RunSummary.Test? {
    guard !recipe.prompts.test.isEmpty else { return nil }
    var arms: [TestEvaluation.Arm] = [
      .init(role: .base, name: "base", images: try run.evaluator.images(.test, after: 0))
    ]
    let best = run.bestRound
    // Where dev finds nothing better than the base, the last round is what there is to report.
    let reported = best > 0 ? best : run.rounds.last?.number ?? 0
    if reported > 0, let controlRun {
      arms.append(
        .init(
          role: .control, name: "control, round \(reported)",
          images: try controlRun.evaluator.images(.test, after: reported)))
    }
    if reported > 0 {
      arms.append(
        .init(
          role: best > 0 ? .best : .other, name: "round \(reported)",
          images: try run.evaluator.images(.test, after: reported)))
    }
    let own = arms.filter { $0.role != .control }.map { ($0.name, $0.images) }
    try run.pictures.draw(
      "\(recipe.name): test prompts", own, to: parts.directory.paths.grid(0, of: .test))
    return TestEvaluation(recipe: recipe).result(of: arms)
  }

  /// Dev images of the base and of the best and the last round.
  private func drawDev() throws {
    guard !recipe.prompts.dev.isEmpty else { return }
    let judged = run.rounds.filter { $0.devReward != nil }.map(\.number)
    let shown = Set([0, run.bestRound, judged.last ?? 0]).sorted()
    let arms = try shown.map { round in
      (
        name: round == 0 ? "base" : "round \(round)",
        images: try run.evaluator.images(.dev, after: round)
      )
    }
    try run.pictures.draw(
      "\(recipe.name): dev prompts", arms, to: parts.directory.paths.grid(0, of: .dev))
  }
}
