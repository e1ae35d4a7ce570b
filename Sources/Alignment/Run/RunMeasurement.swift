package import Diffusion
internal import Files
internal import LoRA
internal import Policies
package import Recipes
internal import Torch

extension RunPlan {
  /// What `recipe` costs on `model`, with the times of two evaluations of the network and of one
  /// decoded image, measured now.
  ///
  /// - Parameter batch: images sampled at once.
  package init(measuring recipe: Recipe, on model: StableDiffusion, batch: Int) throws {
    let (collecting, evaluating) = try (
      SamplerSettings(recipe.collecting).sampler(for: model.scheduler),
      SamplerSettings(recipe.evaluating.sampling).sampler(for: model.scheduler)
    )
    let parameters = try AdapterPlan(recipe.adapter).parameterCount(for: AdapterTargets(model))
    self.init(
      recipe, collecting: collecting.timesteps.count, evaluating: evaluating.timesteps.count,
      adapterBytes: 4 * parameters)
    var options = TextToImageOptions()
    (options.width, options.height) = (recipe.width, recipe.height)
    options.guidance = recipe.collecting.guidance
    let sampler = try SamplerKind.ddim.sampler(configuration: model.scheduler, steps: 3)
    let textToImage = try TextToImage(model, sampler: sampler, options: options)
    let requests = (0..<batch).map { ImageRequest(prompt: "", seed: UInt64($0)) }
    var times: [ContinuousClock.Instant] = []
    // The first step also reads the weights and packs them.
    let latents = try textToImage.latents(for: requests) { _ in
      times.append(ContinuousClock.now)
      return .continue
    }
    let rows = Double(batch) * (options.guidance > 1 ? 2 : 1)
    secondsPerEvaluation = (times[2] - times[0]).seconds / 2 / rows
    let decoding = ContinuousClock.now
    _ = try textToImage.decode(latents.narrowed(0, 0..<1))
    secondsPerDecoding = (ContinuousClock.now - decoding).seconds
    peakMemoryBytes = Machine.peakMemory
  }
}
