internal import NN
public import Torch

/// One image to be made.
public struct ImageRequest: Sendable, Equatable {
  /// What the image should show.
  public let prompt: String

  /// What it should not show; heard only with guidance above 1.
  public let negativePrompt: String

  /// The seed of all of the image's noise; torch uses its low 32 bits.
  public let seed: UInt64

  /// An image of `prompt` from the noise of `seed`.
  public init(prompt: String, negativePrompt: String = "", seed: UInt64) {
    self.prompt = prompt
    self.negativePrompt = negativePrompt
    self.seed = seed
  }
}

/// How images are made, the same for all of a run.
public struct TextToImageOptions: Sendable {
  /// Width in pixels, a multiple of the VAE's scale (8).
  public var width = 512

  /// Height in pixels, a multiple of the VAE's scale (8).
  public var height = 512

  /// Strength of classifier-free guidance; 1 is none.
  public var guidance = 7.5

  /// How prompts become text states.
  public var prompts = PromptOptions()

  /// diffusers' defaults: 512 × 512, guidance 7.5.
  public init() {}
}

/// Noise that comes from outside instead of from the seeds, to compare with other implementations.
public struct GivenNoise {
  /// Unit noise to start from, `[B, 4, H, W]`; nil to draw it.
  public var initial: Tensor?

  /// Unit noise of the steps that take noise, in their order, `[steps, B, 4, H, W]`; nil to draw
  /// it.
  public var steps: Tensor?

  /// By default all noise is drawn.
  public init(initial: Tensor? = nil, steps: Tensor? = nil) {
    self.initial = initial
    self.steps = steps
  }

  /// The share of the images in `range`.
  package func narrowed(to range: Range<Int>) throws -> GivenNoise {
    GivenNoise(
      initial: try initial?.narrowed(0, range), steps: try steps?.narrowed(1, range))
  }
}

/// Makes images from text.
///
/// Every image has a generator of its own: first the initial noise is drawn, then that of the
/// steps, in `F32` on the CPU. What an image becomes depends on its request alone, not on the batch
/// it is made in.
public struct TextToImage {
  private let model: StableDiffusion
  private let sampler: any Sampler
  private let options: TextToImageOptions
  private let encoder: PromptEncoder

  /// - Throws: `GenerationError` for a size that the VAE cannot make or a clip skip beyond the text
  ///   tower.
  public init(_ model: StableDiffusion, sampler: any Sampler, options: TextToImageOptions) throws {
    let multiple = model.vae.configuration.scale
    for side in [options.width, options.height] where side < multiple || side % multiple != 0 {
      throw GenerationError.size(
        width: options.width, height: options.height, multiple: multiple)
    }
    self.model = model
    self.sampler = sampler
    self.options = options
    encoder = try PromptEncoder(
      tokenizer: model.tokenizer, tower: model.textEncoder, options: options.prompts,
      device: model.placement.device)
  }

  /// What of `prompt` the model does not see; nil where it sees all.
  public func truncation(of prompt: String) -> String? { encoder.truncation(of: prompt) }

  /// The shape of one image's latents, `[4, H, W]`.
  public var latentShape: [Int] {
    let scale = model.vae.configuration.scale
    return [
      model.vae.configuration.latentChannels, options.height / scale, options.width / scale,
    ]
  }

  /// Samples one batch.
  ///
  /// - Parameters:
  ///   - requests: `B` images.
  ///   - given: noise from outside.
  ///   - progress: hears of every evaluation of the network; `.stop` ends the run.
  /// - Returns: latents, `F32 [B, 4, H, W]`, before division by the VAE's scaling factor.
  /// - Throws: `SamplingError.stopped` after `.stop`.
  public func latents(
    for requests: [ImageRequest], given: GivenNoise = GivenNoise(),
    progress: (SamplingProgress) -> SamplingDecision = { _ in .continue }
  ) throws -> Tensor {
    let latents = try uncheckedLatents(for: requests, given: given, progress: progress)
    if let failure = try failures(in: latents, of: requests).compactMap(\.self).first {
      throw failure
    }
    return latents
  }

  /// Samples one batch, one result an image: what became of one says nothing of the others.
  ///
  /// - Returns: for each request latents, `F32 [4, H, W]`, or `GenerationError.notFinite`.
  /// - Throws: what concerns the whole batch.
  package func results(
    for requests: [ImageRequest], given: GivenNoise = GivenNoise(),
    progress: (SamplingProgress) -> SamplingDecision = { _ in .continue }
  ) throws -> [Result<Tensor, GenerationError>] {
    let latents = try uncheckedLatents(for: requests, given: given, progress: progress)
    return try failures(in: latents, of: requests).enumerated().map { index, failure in
      try failure.map { .failure($0) } ?? .success(latents[index])
    }
  }

  private func uncheckedLatents(
    for requests: [ImageRequest], given: GivenNoise,
    progress: (SamplingProgress) -> SamplingDecision
  ) throws -> Tensor {
    let shape = [requests.count] + latentShape
    try check(given.initial, "the file of initial latents", shape)
    try check(given.steps, "the file of step noise", [sampler.draws] + shape)
    return try withoutGradients {
      let generators = try requests.map { try Generator(seed: $0.seed) }
      func draw() throws -> Tensor {
        try Tensor.stacked(generators.map { try $0.normal(latentShape) })
      }
      let device = model.placement.device
      let noise = try given.initial?.to(.float32) ?? draw()
      let groups = try groups(of: requests)
      var drawn = 0
      return try sampler.run(
        from: noise.to(device: device),
        predict: { try predict($0, at: $1, groups) },
        stepNoise: { _ in
          defer { drawn += 1 }
          return try given.steps?.selected(0, drawn) ?? draw()
        },
        progress: progress)
    }
  }

  /// Decodes latents, one image at a time, large ones in tiles.
  ///
  /// - Parameter latents: `[B, 4, H, W]`.
  /// - Returns: images in 0…1, `F32 [B, 3, 8H, 8W]`.
  public func decode(_ latents: Tensor) throws -> Tensor {
    try withoutGradients {
      var images: [Tensor] = []
      for i in 0..<latents.shape[0] {
        images.append(try decodeOne(latents.narrowed(0, i..<i + 1)))
      }
      return try Tensor.concatenated(images)
    }
  }

  /// Decodes `[1, 4, H, W]`; where a GPU's memory does not suffice, in tiles.
  private func decodeOne(_ latents: Tensor) throws -> Tensor {
    do {
      return try model.vae.decode(latents, tilesAbove: Self.largestUntiled)
    } catch TorchError.outOfMemory(_, _, _) where model.placement.device != .cpu {
      try Machine.emptyCache(model.placement.device)
      return try model.vae.decode(latents, tilesAbove: model.vae.configuration.sampleSize)
    }
  }

  /// The longest side, in pixels, that is decoded in one piece: its attention takes the square of
  /// its area.
  static let largestUntiled = 1024

  /// The guided prediction for `[B, 4, H, W]`.
  private func predict(_ latents: Tensor, at timestep: Double, _ groups: [PromptGroup]) throws
    -> Tensor
  {
    if groups.count == 1 { return try predict(latents, at: timestep, groups[0].context) }
    let parts = try groups.map { group in
      try predict(latents.gathered(0, indices(group.rows)), at: timestep, group.context)
    }
    let order = groups.flatMap(\.rows)
    let places = order.indices.sorted { order[$0] < order[$1] }
    return try Tensor.concatenated(parts).gathered(0, indices(places))
  }

  /// The guided prediction for images whose prompts take equally many chunks, both halves of the
  /// guidance in one batch.
  private func predict(_ latents: Tensor, at timestep: Double, _ context: TextContext) throws
    -> Tensor
  {
    let guidance = Guidance(scale: options.guidance)
    let input = guidance.isActive ? try Tensor.concatenated([latents, latents]) : latents
    let timesteps = try Tensor.full([input.shape[0]], timestep, device: latents.device)
    let output = try model.unet(input, timesteps: timesteps, context: context)
    guard guidance.isActive else { return output }
    let halves = try output.chunks(2, along: 0)
    return try guidance(unconditional: halves[0], conditional: halves[1])
  }

  /// The images of a batch by how many chunks their prompts take: what an image attends to depends
  /// on its own prompts alone.
  private func groups(of requests: [ImageRequest]) throws -> [PromptGroup] {
    let isGuided = Guidance(scale: options.guidance).isActive
    let counts = requests.map { request in
      max(
        encoder.chunkCount(request.prompt),
        isGuided ? encoder.chunkCount(request.negativePrompt) : 1)
    }
    return try Set(counts).sorted().map { count in
      let rows = requests.indices.filter { counts[$0] == count }
      let members = rows.map { requests[$0] }
      let negatives = isGuided ? members.map(\.negativePrompt) : []
      let states = try states(of: negatives + members.map(\.prompt), chunkCount: count)
      return PromptGroup(rows: rows, context: try model.unet.context(states))
    }
  }

  /// Text states of `B` prompts, `[B, M, D]`; equal prompts are encoded once.
  private func states(of prompts: [String], chunkCount: Int) throws -> Tensor {
    let distinct = Array(Set(prompts)).sorted()
    let states = try encoder.encode(distinct, chunkCount: chunkCount)
    return try states.gathered(0, indices(prompts.compactMap { distinct.firstIndex(of: $0) }))
  }

  private func indices(_ values: [Int]) throws -> Tensor {
    try Tensor(values, shape: [values.count]).to(device: model.placement.device)
  }

  private func check(_ tensor: Tensor?, _ what: String, _ shape: [Int]) throws {
    guard let tensor, tensor.shape != shape else { return }
    throw GenerationError.shape(what: what, given: tensor.shape, needed: shape)
  }

  /// Why each image is none; nil for those that are.
  private func failures(in latents: Tensor, of requests: [ImageRequest]) throws
    -> [GenerationError?]
  {
    guard try !latents.isFinite() else { return requests.map { _ in nil } }
    return try requests.enumerated().map { index, request in
      try latents[index].isFinite()
        ? nil : .notFinite(prompt: request.prompt, seed: request.seed)
    }
  }
}

/// Images of one batch whose prompts take equally many chunks.
private struct PromptGroup {
  /// Their places in the batch.
  let rows: [Int]

  /// Their text states, `[B, M, D]`; with guidance those of the negative prompts come first.
  let context: TextContext
}
