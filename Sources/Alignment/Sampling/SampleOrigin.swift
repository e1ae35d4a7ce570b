internal import Diffusion
internal import LoRA
internal import Policies
internal import RAFT
internal import Recipes
internal import RunStore

/// Who makes the samples that a run learns from.
enum SampleOrigin {
  /// The model that learns, as it is after the round before.
  case learner

  /// A folder of images.
  case folder(SampleFolder)

  /// Another run, open to read from: its samples of a round are those of the same round.
  case run(RunDirectory)

  /// The model that learns, with another adapter that stays as it is.
  case adapter(AdapterWeights, digest: String)

  /// Another model, whose images are encoded anew.
  case model(DiffusionPolicy, name: String)

  /// What a recipe asks for.
  init(_ recipe: Recipe, _ parts: RunParts) throws {
    if let path = recipe.rounds.samplesFrom {
      do {
        self = .run(try RunDirectory.read(path))
      } catch RunStoreError.noRun {
        self = .folder(try SampleFolder(path))
      }
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
    case .run(let run): try Self.digest(after: round, of: run)
    case .adapter(_, let digest): digest
    case .model(_, let name): name
    }
  }

  /// The adapter that another run had in its model.
  private static func digest(after round: Int, of run: RunDirectory) throws -> String {
    guard let sample = try run.ledger.samples(.train, round: round + 1).first else {
      throw RunError.samples(
        "\(run.paths.folder) has no samples of round \(round + 1) to learn from; "
          + "end before it with --rounds \(round)")
    }
    return sample.facts.adapter
  }
}
