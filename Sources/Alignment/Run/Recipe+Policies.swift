internal import Diffusion
package import LoRA
internal import NN
package import Policies
package import Recipes

extension DiffusionPolicy.Settings {
  /// How a recipe's policy samples and learns.
  ///
  /// - Throws: `RunError.setting` for names that are unknown.
  package init(_ recipe: Recipe) throws {
    self.init()
    collecting = try SamplerSettings(recipe.collecting)
    width = recipe.width
    height = recipe.height
    negativePrompt = recipe.prompts.negative
    tuning = try TuningSettings(recipe.tuning, isFromBase: recipe.rounds.fromBase)
  }
}

extension SamplerSettings {
  /// A recipe's sampler.
  init(_ sampling: Recipe.Sampling) throws {
    self.init(
      kind: try sampling.sampler.map { try named($0, "sampler") },
      steps: sampling.steps, guidance: sampling.guidance, eta: sampling.eta)
  }
}

extension TuningSettings {
  /// How a recipe's adapter learns.
  init(_ tuning: Recipe.Tuning, isFromBase: Bool) throws {
    self.init()
    source = tuning.source == .images ? .images : .latents
    steps = tuning.steps
    batch = tuning.batch
    accumulation = tuning.accumulation
    optimizer = try OptimizerSettings(tuning)
    learningRate = tuning.learningRate
    schedule = try named(tuning.schedule, "schedule")
    warmup = tuning.warmup
    maximalGradientNorm = tuning.clip > 0 ? tuning.clip : nil
    usesCheckpointing = tuning.checkpointing
    isGuidanceAware = tuning.guidanceAware
    promptDropout = tuning.captionDropout
    averaging = tuning.averaging
    preservation = tuning.preservation
    beginsFromBase = isFromBase
  }
}

extension OptimizerSettings {
  /// A recipe's optimiser.
  init(_ tuning: Recipe.Tuning) throws {
    switch tuning.optimizer {
    case "adamw":
      var options = AdamW.Options()
      (options.meanDecay, options.squareDecay) = (tuning.beta1, tuning.beta2)
      options.epsilon = tuning.epsilon
      options.weightDecay = tuning.weightDecay
      self = .adamW(options)
    case "sgd":
      var options = SGD.Options()
      options.weightDecay = tuning.weightDecay
      self = .sgd(options)
    default: throw RunError.setting("there is no optimizer “\(tuning.optimizer)”; use adamw or sgd")
    }
  }
}

extension AdapterPlan {
  /// A recipe's adapter.
  package init(_ adapter: Recipe.Adapter) throws {
    self.init(
      layers: adapter.targets.map(AdapterLayers.init), rank: adapter.rank, alpha: adapter.alpha,
      dropout: adapter.dropout, initialisation: try named(adapter.initialisation, "init"))
  }
}

/// The choice that `text` names.
private func named<Choice: RawRepresentable & CaseIterable>(_ text: String, _ what: String) throws
  -> Choice where Choice.RawValue == String
{
  guard let choice = Choice(rawValue: text) else {
    let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    throw RunError.setting("there is no \(what) “\(text)”; there are \(names)")
  }
  return choice
}
