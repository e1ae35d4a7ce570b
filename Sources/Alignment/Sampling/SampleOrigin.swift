internal import Diffusion
internal import Files
internal import Imaging
internal import LoRA
internal import Policies
internal import RAFT
package import Recipes
internal import RunStore
internal import Torch

/// Who makes the samples that a run learns from.
enum SampleOrigin {
  /// The model that learns, as it is after the round before.
  case learner

  /// A folder of images.
  case folder(SampleFolder)

  /// The model that learns, with another adapter that stays as it is.
  case adapter(AdapterWeights, digest: String)

  /// What a recipe asks for.
  init(_ rounds: Recipe.Rounds, _ model: StableDiffusion) throws {
    if let path = rounds.samplesFrom {
      self = .folder(try SampleFolder(path))
    } else if let path = rounds.generatorAdapter {
      let file = try AdapterFile.read(path, names: AdapterNames(model))
      self = .adapter(file.weights, digest: file.hash)
    } else {
      self = .learner
    }
  }

  /// Which adapter such a sample is of, for the ledger: a digest, `base`, or the folder's path.
  func digest(after round: Int, _ learner: Learner) throws -> String {
    switch self {
    case .learner: try learner.digest(after: round)
    case .folder(let folder): folder.path
    case .adapter(_, let digest): digest
    }
  }
}
