internal import Diffusion
internal import LoRA
internal import Policies
internal import RAFT
internal import Recipes

/// Who makes the samples that a run learns from.
enum SampleOrigin {
  /// The model that learns, as it is after the round before.
  case learner

  /// A folder of images.
  case folder(SampleFolder)

  /// The model that learns, with another adapter that stays as it is.
  case adapter(AdapterWeights, digest: String)

  /// Another model, whose images are encoded anew.
  case model(DiffusionPolicy, name: String)

  /// What a recipe asks for.
  init(_ recipe: Recipe, _ parts: RunParts) throws {
    if let path = recipe.rounds.samplesFrom {
      self = .folder(try SampleFolder(path))
    } else if let generator = parts.generator {
      let policy = try DiffusionPolicy(
        generator, plan: AdapterPlan(recipe.adapter), settings: DiffusionPolicy.Settings(recipe),
        seeds: RunSeeds(run: recipe.seed))
      self = .model(policy, name: recipe.rounds.generator ?? generator.location.path)
    } else if let path = recipe.rounds.generatorAdapter {
      let file = try AdapterFile.read(path, names: AdapterNames(parts.model))
      self = .adapter(file.weights, digest: file.hash)
    } else {
      self = .learner
    }
  }

  /// Which adapter such a sample is of, for the ledger: a digest, `base`, or the path of the folder or the model.
  func digest(after round: Int, _ learner: Learner) throws -> String {
    switch self {
    case .learner: try learner.digest(after: round)
    case .folder(let folder): folder.path
    case .adapter(_, let digest): digest
    case .model(_, let name): name
    }
  }
}
