internal import Diffusion
internal import Files
internal import NN
internal import RAFT
internal import Shapes
internal import Torch

/// Trains the denoiser, course after course, on cached latents and on captions that are drawn anew at every
/// use.
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
    let nativeSize: Int
    let autoencoder: String
    let textEncoder: String
  }

  private var result: PartResult {
    PartResult(name: Self.name, folder: work.denoiser, work: work)
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
    Console.note("denoiser: \(weights.elementCount) parameters")
    var last: CourseLog.Line?
    for (index, stage) in settings.stages.enumerated() {
      last = try train(unet, parameters, "\(Self.name)-\(index + 1)", stage, states)
    }
    try result.keep(PartRecord(last, parameters: weights.elementCount, measured: [:])) { folder in
      try folder.write(configuration: configuration, parameters.stored(as: weights.slots))
    }
  }

  /// Takes the steps that are left of a course.
  private func train(
    _ unet: UNet2DConditionModel, _ parameters: [TrainableParameter], _ name: String,
    _ stage: DenoiserSettings.Stage, _ states: TextStates
  ) throws -> CourseLog.Line? {
    let recipe = Recipe(
      settings: settings, nativeSize: nativeSize,
      autoencoder: try Digest.sha256(ofFile: work.autoencoder.weightFile),
      textEncoder: try Digest.sha256(ofFile: work.textEncoder.weightFile))
    let course = try Course(
      name, stage.course, recipe: recipe, seed: seed, parameters: parameters, in: work.path)
    try result.makeRoom(for: course)
    let caches = course.isFinished ? [] : try stage.pictures.map(latents)
    return try course.run(loss(of: unet, states, stage, caches))
  }

  /// Works out the latents that are not there yet; they need no text tower.
  func makeLatents() throws {
    for pictures in settings.stages.flatMap(\.pictures) {
      _ = try latents(of: pictures)
    }
  }

  private func latents(of pictures: DenoiserSettings.PictureShare) throws -> LatentCache {
    try LatentCache(
      pictures.count, size: pictures.size, seed: seed, autoencoder: work.autoencoder, in: work)
  }

  /// The loss of a step: `mean(w_t·‖y − y_θ(x_t, t)‖²)`, y being ε at first, and v from
  /// ``DenoiserSettings/Stage/noiseShare`` of the course on.
  private func loss(
    of unet: UNet2DConditionModel, _ states: TextStates, _ stage: DenoiserSettings.Stage,
    _ caches: [LatentCache]
  ) throws -> (Int, inout StepDraws) throws -> Tensor {
    let configuration = try SchedulerConfiguration(
      ConfigurationFile(settings.scheduler, path: "the denoiser's settings"))
    let schedule = NoiseSchedule(configuration)
    let (early, late) = (law(.epsilon, schedule), law(configuration.predictionType, schedule))
    let grammar = CaptionGrammar()
    return { step, draws in
      let done = Double(step) / Double(stage.course.steps)
      let law = done < stage.noiseShare ? early : late
      let share = stage.pictures.turn(done: done, chance: draws.choices.unit())
      let cache = caches[share]
      let count = batch(of: stage.pictures[share], in: stage)
      var (captions, pictures, timesteps): ([String], [Int], [Int]) = ([], [], [])
      for _ in 0..<count {
        let picture = draws.choices.index(below: stage.pictures[share].count)
        let isEmpty = draws.choices.unit() < settings.emptyShare
        let caption = grammar.caption(of: cache.pictures.scene(picture), using: &draws.choices)
        pictures.append(picture)
        captions.append(isEmpty ? "" : caption)
        timesteps.append(draws.choices.index(below: schedule.count))
      }
      let latents = try cache.latents.gathered(0, Tensor(pictures, shape: [count])).to(.float32)
      let noise = try draws.tensors.normal(latents.shape)
      let predicted = try law.loss.prediction(
        of: unet, at: law.loss.noisy(latents, noise: noise, timesteps: timesteps),
        timesteps: timesteps, states: states(captions))
      let error = try predicted - law.loss.target(latents, noise: noise, timesteps: timesteps)
      let weight = try Tensor(timesteps.map { law.weights[$0] }, shape: [count])
      return try ((error * error).mean(along: [1, 2, 3]) * weight).mean()
    }
  }

  /// What is to be predicted, and what an error of it weighs at every timestep.
  private func law(_ prediction: PredictionType, _ schedule: NoiseSchedule)
    -> (loss: DenoisingLoss, weights: [Float])
  {
    let weights = TimestepWeights.weights(
      of: prediction, signal: schedule.signal, limit: settings.signalLimit,
      floor: settings.signalFloor)
    return (DenoisingLoss(schedule, prediction: prediction), weights)
  }

  /// How many pictures of a size are a batch.
  private func batch(
    of share: DenoiserSettings.PictureShare, in stage: DenoiserSettings.Stage
  ) -> Int {
    let first = stage.pictures[0].size
    return max(1, stage.course.batch * first * first / (share.size * share.size))
  }
}
