internal import Diffusion
internal import Files
internal import Imaging
internal import LoRA
internal import NN
internal import RAFT
internal import Recipes
internal import RunStore
internal import Torch

/// How each image of a run was made, for its file. Paths of adapters are relative to the run's
/// folder, which may be moved.
struct AlignRecords {
  private let recipe: Recipe
  private let model: StableDiffusion
  private let files: ModelFiles
  private let paths: RunPaths

  init(_ recipe: Recipe, _ model: StableDiffusion, _ files: ModelFiles, _ paths: RunPaths) {
    self.files = files
    self.recipe = recipe
    self.model = model
    self.paths = paths
  }

  /// The text chunks of an image; none for one that comes from a folder.
  func texts(_ facts: SampleFacts, _ round: Int) throws -> [PNGText] {
    let isCollected = facts.address.split == .train
    guard !isCollected || recipe.rounds.samplesFrom == nil else { return [] }
    let sampling = isCollected ? recipe.collecting : recipe.evaluating.sampling
    let kind =
      sampling.sampler.flatMap(SamplerKind.init) ?? SamplerKind(of: model.scheduler) ?? .pndm
    let generator = isCollected ? recipe.rounds.generator : nil
    var record = ImageRecord(
      version: RaftDiffuse.version, model: ModelFiles.recorded(generator ?? recipe.model),
      adapters: generator == nil ? adapter(of: facts, round).map { [$0] } : nil,
      prompt: facts.prompt, negativePrompt: recipe.prompts.negative, seed: facts.seed,
      width: facts.width, height: facts.height, sampler: kind.rawValue, steps: sampling.steps,
      guidance: sampling.guidance, eta: sampling.eta, spacing: nil,
      prediction: model.scheduler.predictionType.rawValue, matchesDiffusersSteps: false,
      clipSkip: 1, emphasis: false, longPrompts: false, precision: model.placement.precisionName,
      device: model.placement.device.description, threads: Machine.threadCount,
      torch: Machine.torchVersion)
    // To be run in the run's folder.
    record.command = record.arguments(files: files, allowsPartial: false)
    return try record.texts()
  }

  /// The adapter that an image was made with; nil for none.
  private func adapter(of facts: SampleFacts, _ round: Int) -> AdapterRecord? {
    guard facts.adapter != SampleFacts.base else { return nil }
    let given =
      facts.address.split == .train ? recipe.rounds.generatorAdapter : nil
    let own =
      round == 0
      ? recipe.adapter.from : "\(paths.checkpointName(round))/pytorch_lora_weights.safetensors"
    return (given ?? own).map {
      AdapterRecord(path: $0, name: paths.name, scale: 1, hash: facts.adapter)
    }
  }
}
