internal import Diffusion
internal import RAFT
internal import Recipes
internal import RunStore

/// The base's own images at its native size, which the distance of a run's images is measured to: a
/// small run of its own, `reference/`, of the dev prompts and nothing else.
///
/// Where the run has the native size, its dev images of round 0 are these images.
struct ReferenceImages {
  private let recipe: Recipe
  private let parts: RunParts
  private let control: RunControl

  /// - Returns: nil where no embeddings are to be had or the run has the native size.
  init?(_ recipe: Recipe, _ parts: RunParts, _ control: RunControl) {
    let native = parts.model.unet.configuration.sampleSize.map {
      $0 * parts.model.vae.configuration.scale
    }
    guard let native, parts.rewards.embedder != nil, !recipe.prompts.dev.isEmpty,
      (recipe.width, recipe.height) != (native, native)
    else { return nil }
    var reference = recipe
    reference.name = "\(recipe.name) (reference)"
    (reference.width, reference.height) = (native, native)
    reference.rounds.count = 0
    reference.adapter.from = nil
    reference.control = false
    self.recipe = reference
    self.parts = parts
    self.control = control
  }

  /// Their embeddings, L2-normalised.
  func embeddings() throws -> [[Float]] {
    // The control arm's are those of the run.
    let run = parts.donor ?? parts.directory
    let directory = try RunDirectory.opened(at: run.paths.path("reference"))
    try directory.write(recipe: recipe.yaml())
    var parts = self.parts
    parts.directory = directory
    parts.settled = try SettledFacts(copied: self.parts.settled, to: directory.ledger)
    let learner = try Learner(recipe, parts, control)
    let scorer = Scorer(parts.rewards, directory, control, batch: parts.settled.scoreBatch)
    let evaluator = Evaluator(
      recipe: recipe, seeds: RunSeeds(run: recipe.seed),
      maker: try ImageMaker(recipe, learner, parts, control), scorer: scorer)
    return try evaluator.embeddings(.dev, after: 0).compactMap(\.self)
  }
}

extension RunDirectory {
  /// The run inside another one's folder at `path`, which is begun where it is not there.
  static func opened(at path: String) throws -> RunDirectory {
    do {
      return try open(path)
    } catch RunStoreError.noRun {
      return try create(at: path)
    }
  }
}
