import Alignment
import CLIPReward
import Files
import Foundation
import RAFT
import Recipes
import Reporting
import RunStore
import TestSupport
import Torch

/// One start of a run on the tiny model, as the command makes it.
struct Session {
  /// Where the run is.
  var folder: String

  /// How it runs.
  var recipe = Session.recipe()

  /// What ranks.
  var judge = Judge([.init(name: "red", reward: ChannelReward(channel: 0))])

  /// What is watched.
  var watch: Judge?

  /// Images sampled at once, where the run begins.
  var sampleBatch = 4

  /// The stage after which it ends.
  var lastStage: RunStage?

  /// Whether the user wants to stop.
  var shouldStop: () -> Bool = { false }

  /// Sees every image that is made, before it is kept.
  var made: (SampleFacts) throws -> Void = { _ in }

  /// Gets what the run tells.
  var tell: (RunEvent) -> Void = { _ in }

  init(_ folder: String) {
    self.folder = folder
  }

  /// Two rounds of three samples of three prompts, at 64 × 64 pixels, with a control arm.
  static func recipe(_ change: (inout Recipe) -> Void = { _ in }) -> Recipe {
    var recipe = Recipe()
    recipe.name = "tiny"
    recipe.model = TinyModel.folder
    recipe.seed = 5
    (recipe.width, recipe.height) = (64, 64)
    recipe.prompts.train = ["a fox", "snow on a hill", "a castle"]
    recipe.prompts.dev = ["a boat", "a tree"]
    recipe.prompts.test = ["a house", "rain"]
    recipe.collecting.sampler = "ddim"
    (recipe.collecting.steps, recipe.collecting.guidance) = (2, 3)
    recipe.evaluating.sampling = recipe.collecting
    recipe.collecting.eta = 0.5
    (recipe.evaluating.devImages, recipe.evaluating.testImages) = (2, 2)
    recipe.reward.terms = ["red"]
    (recipe.rounds.count, recipe.rounds.samplesPerPrompt) = (2, 3)
    recipe.adapter.rank = 2
    (recipe.tuning.steps, recipe.tuning.batch, recipe.tuning.learningRate) = (3, 2, 1e-2)
    recipe.stopping.patience = 0
    recipe.control = true
    change(&recipe)
    return recipe
  }

  /// Runs until the end, or until something ends it.
  @discardableResult
  func finish() throws -> RunSummary {
    try onOneThread {
      let isBegun = FileManager.default.fileExists(atPath: RunPaths(folder).recipe)
      let directory = try isBegun ? RunDirectory.open(folder) : RunDirectory.create(at: folder)
      let settled = try SettledFacts(
        in: directory.ledger, sampleBatch: { sampleBatch }, scoreBatch: 3, saveEvery: 2,
        threads: 1)
      try directory.write(recipe: recipe.yaml())
      let parts = RunParts(
        model: try TinyModel.load(),
        rewards: RunRewards(judge: judge, watch: watch, embedder: nil), directory: directory,
        settled: settled, notes: ["raft.version": "of a test"],
        texts: { facts, _ in
          try made(facts)
          return []
        })
      let control = RunControl(lastStage: lastStage, shouldStop: shouldStop, tell: tell)
      return try AlignmentJob(
        recipe, parts, control, facts: [], rewardName: "red", watchName: nil
      ).finish()
    }
  }

  /// Begins again and again, each time until the run has asked `count` times whether to stop.
  ///
  /// - Returns: the end of the last start, and how many starts it took.
  func finish(stoppingAfter count: Int) throws -> (summary: RunSummary, starts: Int) {
    for start in 1...200 {
      let asked = Counter()
      var session = self
      session.shouldStop = { asked.next() == count }
      do {
        return (try session.finish(), start)
      } catch RunError.interrupted {}
    }
    throw Stuck()
  }

  /// A run that never comes to its end.
  struct Stuck: Error {}
}

/// Counts calls.
final class Counter {
  private(set) var count = 0

  /// Which call this is, from 1.
  func next() -> Int {
    count += 1
    return count
  }
}
