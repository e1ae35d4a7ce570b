internal import Diffusion
internal import Files
internal import NN
internal import RAFT
internal import Shapes
internal import Torch

/// Trains the denoiser on cached latents and on captions that are drawn anew at every use.
struct DenoiserTraining {
  /// What files call the part.
  static let name = "denoiser"

  /// The part's numbers.
  let settings: DenoiserSettings

  /// The seed of the whole model.
  let seed: UInt64

  /// Side of the pictures that are native to the model, in pixels.
  let nativeSize: Int

  /// Where everything is kept.
  let work: WorkFolder

  /// All that the course's result follows from.
  private struct Recipe: Encodable {
    let settings: DenoiserSettings
    let autoencoder: String
    let textEncoder: String
  }

  /// Takes the steps that are left, and saves the denoiser.
  func run() throws {
    let states = try TextStates(work)
    let scale = try VAEConfiguration(work.autoencoder.configuration).scale
    let configuration = settings.configuration(
      contextWidth: states.width, nativeSize: nativeSize / scale)
    let weights = Weights(seed: seed)
    let unet = try UNet2DConditionModel(
      weights, UNetConfiguration(ConfigurationFile(configuration, path: "the denoiser's settings")))
    let parameters = try weights.thawed()
    let recipe = Recipe(
      settings: settings,
      autoencoder: try Digest.sha256(ofFile: work.autoencoder.weightFile),
      textEncoder: try Digest.sha256(ofFile: work.textEncoder.weightFile))
    let course = try Course(
      Self.name, settings.course, recipe: recipe, seed: seed, parameters: parameters, in: work.path)
    Console.note("denoiser: \(weights.elementCount) parameters")
    if !course.isFinished { try work.denoiser.remove() }
    let last = try course.run(loss(of: unet, states, course.isFinished ? [] : try caches()))
    guard !work.denoiser.isThere else { return }
    try PartRecord(last, parameters: weights.elementCount, measured: [:])
      .write(to: work.record(of: Self.name))
    try work.denoiser.write(
      configuration: configuration, parameters.stored(as: weights.slots))
  }

  /// Works out the latents that are not there yet; they need no text tower.
  func makeLatents() throws { _ = try caches() }

  private func caches() throws -> [LatentCache] {
    try settings.pictures.map {
      try LatentCache(
        $0.count, size: $0.size, seed: seed, autoencoder: work.autoencoder, in: work)
    }
  }

  /// The loss of a step: `mean(w_t·‖v − v_θ(x_t, t)‖²)`.
  private func loss(
    of unet: UNet2DConditionModel, _ states: TextStates, _ caches: [LatentCache]
  ) throws -> (Int, inout StepDraws) throws -> Tensor {
    let configuration = try SchedulerConfiguration(
      ConfigurationFile(settings.scheduler, path: "the denoiser's settings"))
    let schedule = NoiseSchedule(configuration)
    let denoising = DenoisingLoss(configuration)
    let weights = timestepWeights(schedule)
    let grammar = CaptionGrammar()
    return { step, draws in
      let share = self.share(at: step, using: &draws.choices)
      let cache = caches[share]
      let count = batch(of: settings.pictures[share])
      var (captions, pictures, timesteps): ([String], [Int], [Int]) = ([], [], [])
      for _ in 0..<count {
        let picture = draws.choices.index(below: settings.pictures[share].count)
        let isEmpty = draws.choices.unit() < settings.emptyShare
        let caption = grammar.caption(of: cache.pictures.scene(picture), using: &draws.choices)
        pictures.append(picture)
        captions.append(isEmpty ? "" : caption)
        timesteps.append(draws.choices.index(below: schedule.count))
      }
      let latents = try cache.latents.gathered(0, Tensor(pictures, shape: [count])).to(.float32)
      let noise = try draws.tensors.normal(latents.shape)
      let predicted = try denoising.prediction(
        of: unet, at: denoising.noisy(latents, noise: noise, timesteps: timesteps),
        timesteps: timesteps, states: states(captions))
      let error = try predicted - denoising.target(latents, noise: noise, timesteps: timesteps)
      let weight = try Tensor(timesteps.map { weights[$0] }, shape: [count])
      return try ((error * error).mean(along: [1, 2, 3]) * weight).mean()
    }
  }

  /// Which of the sizes step `step` is of.
  private func share(at step: Int, using choices: inout SplitMix64) -> Int {
    let done = Double(step) / Double(settings.course.steps)
    let weights = settings.pictures.map { done < $0.until ? $0.weight : 0 }
    var place = choices.unit() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      if place < weight { return index }
      place -= weight
    }
    return 0
  }

  /// How many pictures of a size are a batch.
  private func batch(of share: DenoiserSettings.PictureShare) -> Int {
    let first = settings.pictures[0].size
    return max(1, settings.course.batch * first * first / (share.size * share.size))
  }

  /// `min(SNR_t + 1, γ)/(SNR_t + 1)` of every timestep, SNR + 1 being 1/(1 − ᾱ).
  private func timestepWeights(_ schedule: NoiseSchedule) -> [Float] {
    guard let limit = settings.signalLimit else {
      return Array(repeating: 1, count: schedule.count)
    }
    return schedule.signal.map { signal in
      Float(min(1, limit * (1 - signal)))
    }
  }
}
