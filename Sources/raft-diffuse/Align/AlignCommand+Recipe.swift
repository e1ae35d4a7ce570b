internal import Alignment
internal import CLIPReward
internal import Diffusion
internal import ExitStatuses
internal import Files
internal import Foundation
internal import LoRA
internal import NN
internal import RAFT
internal import Recipes
internal import RunStore

extension AlignCommand {
  /// The recipe that the options make together, with what there is to tell of how.
  ///
  /// - Parameter changes: settings that win over all others; nil for none.
  /// - Throws: `ValidationError`, `ModelError`, `RecipeError` and `PromptFileError`.
  func resolvedRecipe(changes: RecipeLayer? = nil) throws -> (recipe: Recipe, notes: [String]) {
    let given = try flags()
    let sources = try sources(given)
    let resolution = try RecipeResolution(
      of: sources.layers + [given] + [changes].compactMap(\.self))
    let note = sources.defaultModel.map { [Advice.ownModel($0)] } ?? []
    return (resolution.recipe, note + resolution.notes)
  }

  private var catalog: RecipeCatalog { RecipeCatalog(folders: RecipeCatalog.installedFolders) }

  private func sources(_ given: RecipeLayer) throws -> RecipeSources {
    try RecipeSources(
      recipe: output.recipe, model: given.text(of: .model), catalog: catalog,
      installed: InstalledModels())
  }

  /// How `recipe` differs from the published one of its kind, a line each; none where there is no
  /// such recipe, or `recipe` is not one that comes with the program: a model's own recipe may have
  /// the same name. For the published one itself, how ours differs.
  func differencesFromPublished(_ recipe: Recipe) throws -> [String] {
    guard output.recipe != nil, let name = try sources(flags()).programRecipe else { return [] }
    let suffix = "-published"
    let isPublished = name.hasSuffix(suffix)
    let other = isPublished ? String(name.dropLast(suffix.count)) : name + suffix
    guard try catalog.names().contains(other) else { return [] }
    let layers = try [RecipeLayer(file: catalog.file(of: other)), flags()]
    let counterpart = try RecipeResolution(of: layers).recipe
    let (ours, published) = isPublished ? (counterpart, recipe) : (recipe, counterpart)
    return ours.differences(from: published).map { $0.description(of: "published") }
  }

  /// The run's recipe, with what --resume may change.
  func continued(_ path: String) throws -> Recipe {
    let changeable: Set<RecipeKey> = [
      .roundsCount, .stoppingPatience, .stoppingBudget, .stoppingSamples,
    ]
    let given = try flags()
    let fixed = RecipeKey.allCases.filter { given.gives($0) && !changeable.contains($0) }
    guard fixed.isEmpty, output.recipe == nil else {
      let names = fixed.map(\.rawValue) + (output.recipe == nil ? [] : ["--recipe"])
      throw CommandError(
        status: .usage,
        description:
          "a run goes on as it began; leave out what sets \(names.joined(separator: ", ")) "
          + "(--rounds, --patience, --budget and --max-samples may be given anew)")
    }
    var changes = emptyLayer
    try changes.set(.roundsCount, to: rounds.rounds, by: "--rounds")
    try changes.set(.stoppingPatience, to: rounds.patience, by: "--patience")
    try changes.set(.stoppingBudget, to: rounds.budget, by: "--budget")
    try changes.set(.stoppingSamples, to: rounds.maxSamples, by: "--max-samples")
    return try RecipeResolution(of: [RecipeLayer(file: path), changes]).recipe
  }

  private var emptyLayer: RecipeLayer {
    RecipeLayer(folder: FileManager.default.currentDirectoryPath)
  }

  private func flags() throws -> RecipeLayer {
    var layer = emptyLayer
    try setModel(&layer)
    try setSampling(&layer)
    try reward.set(in: &layer)
    try setRounds(&layer)
    try setTraining(&layer)
    return layer
  }

  /// What the samples of a folder show: its captions, or the prompts that a run learned from.
  private func prompts(of folder: String) throws -> [String] {
    let recipe = RunPaths(folder).recipe
    guard FileManager.default.fileExists(atPath: recipe) else {
      return try SampleFolder(folder).captions
    }
    return try RecipeResolution(of: [RecipeLayer(file: recipe)]).recipe.prompts.train
  }

  private func setModel(_ layer: inout RecipeLayer) throws {
    try layer.set(.model, to: model.model, by: "--model")
    try layer.set(.res, to: model.res.map { "\($0.width)x\($0.height)" }, by: "--res")
    try layer.set(.precision, to: model.precision?.rawValue, by: "--precision")
    if let folder = rounds.fromSamples, prompts.prompts == nil {
      try layer.set(.promptsTrain, to: prompts(of: folder), by: "--from-samples")
    }
    try layer.set(.promptsTrain, to: prompts.prompts, by: "--prompts")
    try layer.set(.promptsDev, to: prompts.devPrompts, by: "--dev-prompts")
    try layer.set(.promptsTest, to: prompts.testPrompts, by: "--test-prompts")
    try layer.set(.promptsNegative, to: prompts.negative, by: "--negative")
    try layer.set(.seed, to: prompts.seed, by: "--seed")
  }

  private func setSampling(_ layer: inout RecipeLayer) throws {
    try layer.set(.collectingSampler, to: sampling.sampler?.rawValue, by: "--sampler")
    try layer.set(.collectingSteps, to: sampling.steps, by: "--steps")
    try layer.set(.collectingGuidance, to: sampling.guidance, by: "--guidance")
    try layer.set(.collectingEta, to: sampling.eta, by: "--eta")
    try layer.set(.evaluatingSampler, to: sampling.evalSampler?.rawValue, by: "--eval-sampler")
    try layer.set(.evaluatingSteps, to: sampling.evalSteps, by: "--eval-steps")
    try layer.set(.evaluatingGuidance, to: sampling.evalGuidance, by: "--eval-guidance")
    try layer.set(.evaluatingDevImages, to: sampling.devImages, by: "--dev-images")
    try layer.set(.evaluatingTestImages, to: sampling.testImages, by: "--test-images")
  }

  private func setRounds(_ layer: inout RecipeLayer) throws {
    try layer.set(.roundsCount, to: rounds.rounds, by: "--rounds")
    try layer.set(.roundsPrompts, to: rounds.promptsPerRound, by: "--prompts-per-round")
    try layer.set(.roundsSamples, to: rounds.samplesPerPrompt, by: "--samples-per-prompt")
    try layer.set(.select, to: rounds.select, by: "--select")
    try layer.set(.roundsBeta, to: rounds.beta, by: "--beta")
    try layer.set(.roundsReplay, to: rounds.replay, by: "--replay")
    try layer.set(.roundsFromBase, to: rounds.fromBase, by: "--from-base")
    try layer.set(.roundsSamplesFrom, to: rounds.fromSamples, by: "--from-samples")
    try layer.set(.roundsGenerator, to: rounds.generator, by: "--generator")
    try layer.set(.roundsGeneratorAdapter, to: rounds.generatorLora, by: "--generator-lora")
    try layer.set(.control, to: rounds.control, by: "--control")
    try layer.set(.stoppingPatience, to: rounds.patience, by: "--patience")
    try layer.set(.stoppingBudget, to: rounds.budget, by: "--budget")
    try layer.set(.stoppingSamples, to: rounds.maxSamples, by: "--max-samples")
  }

  private func setTraining(_ layer: inout RecipeLayer) throws {
    try layer.set(.adapterTargets, to: adapter.targets, by: "--targets")
    try layer.set(.adapterRank, to: adapter.rank, by: "--rank")
    try layer.set(.adapterAlpha, to: adapter.alpha, by: "--alpha")
    try layer.set(.adapterDropout, to: adapter.dropout, by: "--dropout")
    try layer.set(.adapterInitialisation, to: adapter.initialisation?.rawValue, by: "--init")
    try layer.set(.adapterFrom, to: adapter.lora, by: "--lora")
    try layer.set(.tuningSource, to: training.trainOn?.rawValue, by: "--train-on")
    try layer.set(.tuningSteps, to: training.trainSteps, by: "--train-steps")
    try layer.set(.tuningBatch, to: training.batch, by: "--batch")
    try layer.set(.tuningAccumulation, to: training.accumulate, by: "--accumulate")
    try layer.set(.tuningOptimizer, to: training.optimizer?.rawValue, by: "--optimizer")
    try layer.set(.tuningLearningRate, to: training.learningRate, by: "--lr")
    try layer.set(.tuningSchedule, to: training.schedule?.rawValue, by: "--schedule")
    try layer.set(.tuningWarmup, to: training.warmup, by: "--warmup")
    try layer.set(.tuningWeightDecay, to: training.weightDecay, by: "--weight-decay")
    try layer.set(.tuningClip, to: training.clipNorm, by: "--clip-norm")
    try layer.set(.tuningCheckpointing, to: training.checkpointing, by: "--checkpointing")
    try layer.set(.tuningGuidanceAware, to: training.guidanceAware, by: "--guidance-aware")
    try layer.set(.tuningCaptionDropout, to: training.captionDropout, by: "--caption-dropout")
    try layer.set(.tuningAveraging, to: training.ema, by: "--ema")
    try layer.set(.tuningPreservation, to: training.preserve, by: "--preserve")
  }
}
