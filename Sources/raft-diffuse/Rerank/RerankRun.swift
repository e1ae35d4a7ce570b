internal import Alignment
internal import ArgumentParser
internal import Diffusion
internal import Files
internal import Foundation
internal import NN
internal import RAFT
internal import Recipes
internal import RunStore
internal import Torch

/// One call of `raft-diffuse rerank`.
struct RerankRun {
  private let command: RerankCommand
  private let start = ContinuousClock.now

  init(_ command: RerankCommand) {
    self.command = command
  }

  func run() throws {
    let run = try RunDirectory.read(command.folder)
    if let out = command.training.out { try RunDirectory.refuseUnlessNew(at: out) }
    let file = try RecipeLayer(file: run.paths.recipe)
    let own = try RecipeResolution(of: [file]).recipe
    var changes = try command.changes(of: own)
    let recipe = try RecipeResolution(of: [file, changes]).recipe
    if let threads = command.threads { Machine.threadCount = threads }
    let rewards = try command.scoresAnew ? load(recipe) : nil
    let progress = AlignProgress(isQuiet: command.quiet, isJSON: false)
    let reranking = try Reranking(
      run, recipe: own, settings: RerankSettings(recipe), rewards: rewards?.rewards,
      control: RunControl(shouldStop: { Interruption.isRequested }, tell: progress.take))
    let numbers =
      switch command.selection.round {
      case .all: try reranking.rounds()
      case .one(let number): [number]
      }
    let rounds = try numbers.map { try reranking.round($0) }
    progress.finish()
    let report = RerankReport(
      run: run.paths.folder, reward: rewards?.name, selection: recipe.selection.description,
      samplesPerPrompt: recipe.rounds.samplesPerPrompt, beta: recipe.rounds.beta, rounds,
      decoded: reranking.decodedCount, listsSamples: command.list,
      seconds: (ContinuousClock.now - start).seconds)
    try report.print(asJSON: command.json)
    if !command.quiet {
      Console.note("\(report.overall.samples) samples ranked anew; \(report.decoded) decoded")
    }
    guard let out = command.training.out else { return }
    try changes.set(.roundsSamplesFrom, to: run.paths.folder, by: "rerank --train")
    try changes.set(.roundsGenerator, to: RecipeValue.none, by: "rerank --train")
    try changes.set(.roundsGeneratorAdapter, to: RecipeValue.none, by: "rerank --train")
    try changes.set(.roundsCount, to: rounds.count, by: "rerank --train")
    try AlignRun(align(run.paths.recipe, out), changes: changes).run()
  }

  /// The rewards of `recipe`; what it only watches ranks nothing.
  private func load(_ recipe: Recipe) throws -> AlignRewards {
    var recipe = recipe
    recipe.watch = nil
    let device = try DeviceChoice.chosen(command.device)
    return try AlignRewards(
      recipe, command.reward, placement: Precision.fp32.placement(on: device),
      isQuiet: command.quiet,
      warn: { if !command.quiet { Console.warning($0) } })
  }

  /// The call of `align` that trains on the new selection.
  private func align(_ recipe: String, _ out: String) throws -> AlignCommand {
    var arguments = ["--out=\(out)", "--recipe=\(recipe)", "--device=\(command.device)"]
    if let threads = command.threads { arguments.append("--threads=\(threads)") }
    if command.json { arguments.append("--json") }
    if command.quiet { arguments.append("--quiet") }
    var align = try AlignCommand.parse(arguments)
    align.reward = command.reward
    return align
  }
}
