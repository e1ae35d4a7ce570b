import Diffusion
import Imaging
import NN
import TestSupport
import Testing
import Torch

/// Images from text, with a tiny model.
struct TextToImageTests {
  private let model: StableDiffusion

  init() throws {
    model = try TinyModel.load()
  }

  private static let requests = [
    ImageRequest(prompt: "a fox", negativePrompt: "blurry", seed: 1),
    ImageRequest(prompt: "a castle made of glass", seed: 2),
    ImageRequest(prompt: "a fox", seed: 1 << 32 + 3),
  ]

  private func maker(
    _ kind: SamplerKind = .ddim, guidance: Double = 7.5, width: Int = 64, height: Int = 64,
    prompts: PromptOptions = PromptOptions()
  ) throws -> TextToImage {
    var options = TextToImageOptions()
    (options.width, options.height, options.guidance) = (width, height, guidance)
    options.prompts = prompts
    let sampler = try kind.sampler(configuration: model.scheduler, steps: 4)
    return try TextToImage(model, sampler: sampler, options: options)
  }

  @Test(
    "an image does not depend on the batch it is made in",
    arguments: [SamplerKind.ddim, .ancestralEuler, .dpmSolver], [1, 7.5])
  func batch(_ kind: SamplerKind, guidance: Double) throws {
    let maker = try maker(kind, guidance: guidance, width: 72, height: 40)
    let together = try onOneThread { try maker.latents(for: Self.requests) }
    #expect(together.shape == [3, 4, 5, 9])
    #expect(together.dtype == .float32)
    for (row, request) in Self.requests.enumerated() {
      let alone = try onOneThread { try maker.latents(for: [request]) }
      let part = try together.narrowed(0, row..<row + 1)
      #expect(try relativeError(alone, part) < 1e-4)
      #expect(try relativeError(maker.decode(alone), maker.decode(part)) < 1e-4)
    }
  }

  @Test("equal requests make equal images, and another seed, prompt or negative another one")
  func requests() throws {
    let maker = try maker()
    func latents(_ prompt: String, _ negative: String, _ seed: UInt64) throws -> Tensor {
      try maker.latents(
        for: [ImageRequest(prompt: prompt, negativePrompt: negative, seed: seed)])
    }
    let first = try latents("a fox", "", 1)
    #expect(try latents("a fox", "", 1).isEqual(to: first))
    for other in try [latents("a cat", "", 1), latents("a fox", "b", 1), latents("a fox", "", 2)] {
      #expect(try relativeError(other, first) > 1e-3)
    }
  }

  @Test("the noise of an image is its own generator's: the start, then that of the steps")
  func noise() throws {
    let maker = try maker(.ancestralEuler)
    let generators = try Self.requests.map { try Generator(seed: $0.seed) }
    func draw() throws -> Tensor {
      try Tensor.stacked(generators.map { try $0.normal([4, 8, 8]) })
    }
    let initial = try draw()
    let steps = try Tensor.stacked((0..<4).map { _ in try draw() })
    let given = try maker.latents(
      for: Self.requests, given: GivenNoise(initial: initial, steps: steps))
    #expect(try maker.latents(for: Self.requests).isEqual(to: given))
    let alone = try maker.latents(
      for: [Self.requests[1]],
      given: GivenNoise(initial: initial, steps: steps).narrowed(to: 1..<2))
    #expect(try relativeError(alone, given.narrowed(0, 1..<2)) < 1e-4)
  }

  @Test("prompts of several chunks and of one meet in a batch, and each image is as it is alone")
  func chunks() throws {
    let maker = try maker(prompts: PromptOptions(usesEmphasis: true, usesChunks: true))
    let long = [String](repeating: "a", count: 100).joined(separator: " ")
    let requests = [
      ImageRequest(prompt: "a (fox:1.2)", seed: 1),
      ImageRequest(prompt: long, negativePrompt: "b", seed: 2),
    ]
    #expect(maker.truncation(of: long) == nil)
    let together = try maker.latents(for: requests + [requests[0]])
    for (i, request) in (requests + [requests[0]]).enumerated() {
      let alone = try maker.latents(for: [request])
      #expect(try relativeError(together.narrowed(0, i..<i + 1), alone) < 1e-4)
    }
  }

  @Test("progress hears every step and can stop the run")
  func stop() throws {
    let maker = try maker()
    var heard: [Int] = []
    #expect(
      message {
        try maker.latents(for: Self.requests) { progress in
          heard.append(progress.done)
          return progress.done == 2 ? .stop : .continue
        }
      } == "sampling was stopped after 2 of 4 evaluations")
    #expect(heard == [1, 2])
  }

  @Test(
    "a size that the VAE cannot make is refused with the nearest that it can",
    arguments: [
      (100, 64, "104x64"), (64, 63, "64x64"), (0, 64, "8x64"), (-8, 512, "8x512"), (7, 3, "8x8"),
    ])
  func size(width: Int, height: Int, nearest: String) {
    #expect(
      message { try maker(width: width, height: height) }
        == "\(width)x\(height) cannot be made: width and height must be multiples of 8 from 8 up; "
        + "the nearest is \(nearest)")
  }

  @Test("a clip skip beyond the text tower is refused")
  func clipSkip() {
    #expect(
      message { try maker(prompts: PromptOptions(clipSkip: 3)) }
        == "clip skip 3 is out of range: the text encoder has 2 blocks, so it is 1…2")
  }

  @Test("given noise of another shape is refused")
  func givenShape() throws {
    let maker = try maker(.ancestralEuler)
    let initial = GivenNoise(initial: try .zeros([1, 4, 8, 8]))
    #expect(
      message { try maker.latents(for: Self.requests, given: initial) }
        == "the file of initial latents has the shape [1, 4, 8, 8], but this run needs [3, 4, 8, 8]"
    )
    let steps = GivenNoise(steps: try .zeros([5, 3, 4, 8, 8]))
    #expect(
      message { try maker.latents(for: Self.requests, given: steps) }
        == "the file of step noise has the shape [5, 3, 4, 8, 8], but this run needs [4, 3, 4, 8, 8]"
    )
  }

  @Test("an image that became NaN is named by its prompt and seed, and does not touch the others")
  func notFinite() throws {
    let good = try Generator(seed: 1).normal([1, 4, 8, 8])
    let bad = try good * .nan
    let given = GivenNoise(initial: try .concatenated([good, bad, good]))
    let maker = try maker()
    #expect(
      message { try maker.latents(for: Self.requests, given: given) }
        == "the image of “a castle made of glass” with seed 2 became NaN or infinite; "
        + "check the weights, or compute in fp32")
    let results = try maker.results(for: Self.requests, given: given)
    let alone = try maker.latents(
      for: [Self.requests[0], Self.requests[2]],
      given: GivenNoise(initial: .concatenated([good, good])))
    #expect(try relativeError(.stacked([results[0].get(), results[2].get()]), alone) < 1e-4)
    #expect(throws: GenerationError.notFinite(prompt: Self.requests[1].prompt, seed: 2)) {
      try results[1].get()
    }
  }

  @Test("a batch that fits is at least one image, and more of smaller ones")
  func batchSize() {
    var options = TextToImageOptions()
    (options.width, options.height) = (64, 64)
    let small = BatchSize.fitting(model, options)
    (options.width, options.height) = (8192, 8192)
    let large = BatchSize.fitting(model, options)
    #expect(small > 1)
    #expect(large == 1)
  }

  @Test("fp16 on a CPU computes in fp32 what fp16 files hold")
  func halfPrecision() throws {
    let half = try TinyModel.load(Precision.fp16.placement(on: .cpu))
    #expect(half.placement.dtype == .float32)
    var options = TextToImageOptions()
    (options.width, options.height) = (64, 64)
    let sampler = try SamplerKind.ddim.sampler(configuration: model.scheduler, steps: 4)
    let found = try TextToImage(half, sampler: sampler, options: options)
      .latents(for: [Self.requests[1]])
    let expected = try maker().latents(for: [Self.requests[1]])
    #expect(try relativeError(found, expected) < 0.01)
  }
}
