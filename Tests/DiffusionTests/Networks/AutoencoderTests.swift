import Diffusion
import TestSupport
import Testing
import Torch

/// The autoencoder against diffusers'.
struct AutoencoderTests {
  /// diffusers' images, −1…1 and beyond, as ours: 0…1 and clamped.
  private func image(_ decoded: Tensor) throws -> Tensor {
    try (decoded * 0.5 + 0.5).clamped(to: 0...1)
  }

  @Test("the latents of an image are diffusers'", arguments: ModelFixtures.vaes, 0..<3)
  func encode(_ name: String, seed: Int) throws {
    let expected = ModelFixtures.expected(name)
    let image = try expected.tensor("\(seed).image") * 0.5 + 0.5
    let vae = try ModelFixtures.vae(name)
    let scale = vae.configuration.scalingFactor
    let found = try vae.encode(image)
    #expect(found.mean.dtype == .float32)
    #expect(try relativeError(found.mean, expected.tensor("\(seed).mean") * scale) < 1e-4)
    let logarithm = try expected.tensor("\(seed).logvar")
    #expect(try relativeError(found.deviation, (logarithm * 0.5).exp() * scale) < 1e-4)
    let sample = try found.sample(noise: .ones(found.mean.shape))
    #expect(try relativeError(sample, found.mean + found.deviation) < 1e-6)
  }

  @Test("the image of latents is diffusers'", arguments: ModelFixtures.vaes, 0..<3)
  func decode(_ name: String, seed: Int) throws {
    let expected = ModelFixtures.expected(name)
    let vae = try ModelFixtures.vae(name)
    let latents = try expected.tensor("\(seed).latents") * vae.configuration.scalingFactor
    let found = try vae.decode(latents)
    let reference = try image(expected.tensor("\(seed).decoded"))
    #expect(found.dtype == .float32)
    #expect(try relativeError(found, reference) < 1e-4)
    #expect(try found.min().item() >= 0 && found.max().item() <= 1)
    // Clamping must not hide the comparison: most pixels are inside.
    let inside = try (reference * (1 - reference)).floats().count { $0 > 0 }
    #expect(inside * 2 > reference.count)
  }

  @Test("a configuration without a scaling factor has SD-1.5's")
  func scalingFactor() throws {
    #expect(try ModelFixtures.vae("vae-four-levels").configuration.scalingFactor == 0.18215)
    #expect(try ModelFixtures.vae("vae-old-names").configuration.scalingFactor == 0.25)
    #expect(try ModelFixtures.vae("vae-four-levels").configuration.scale == 8)
    #expect(try ModelFixtures.vae("vae-old-names").configuration.scale == 2)
  }

  private static let tiling = TensorFixture(ModelFixtures.path("tiling.safetensors"))

  static let tiledCases = tiling.names.filter { $0.hasSuffix(".latents") }
    .map { String($0.dropLast(8)) }

  @Test("decoding in tiles is diffusers' enable_tiling", arguments: tiledCases)
  func tiled(_ name: String) throws {
    let vae = try ModelFixtures.vae(String(name.prefix { $0 != "." }))
    let scaling = vae.configuration.scalingFactor
    let latents = try Self.tiling.tensor("\(name).latents") * scaling
    let found = try vae.decode(latents, tilesAbove: vae.configuration.sampleSize)
    #expect(try relativeError(found, image(Self.tiling.tensor("\(name).decoded"))) < 1e-4)
    #expect(found.shape[2] == latents.shape[2] * vae.configuration.scale)
    // In one piece the image is another one: the tiles' norms and attention see less of it.
    #expect(try relativeError(vae.decode(latents), found) > 1e-3)
  }

  @Test("an image that fits into one tile is decoded in one piece", arguments: ModelFixtures.vaes)
  func untiled(_ name: String) throws {
    let vae = try ModelFixtures.vae(name)
    let side = vae.configuration.sampleSize / vae.configuration.scale
    let latents = try Generator(seed: 1).normal([1, 4, side, side - 1])
    let whole = try vae.decode(latents)
    #expect(try vae.decode(latents, tilesAbove: vae.configuration.sampleSize).isEqual(to: whole))
  }
}
