import Diffusion
import NN
import TestSupport
import Testing
import Torch

/// The UNet against diffusers'.
struct UNetTests {
  private func run(_ unet: UNet2DConditionModel, _ expected: TensorFixture, _ seed: Int) throws
    -> Tensor
  {
    try unet(
      expected.tensor("\(seed).sample"), timesteps: expected.tensor("\(seed).timesteps"),
      context: unet.context(expected.tensor("\(seed).context")))
  }

  @Test("the prediction is diffusers', also at odd sizes", arguments: ModelFixtures.unets, 0..<3)
  func prediction(_ name: String, seed: Int) throws {
    let expected = ModelFixtures.expected(name)
    let found = try run(ModelFixtures.unet(name), expected, seed)
    #expect(found.dtype == .float32)
    #expect(try relativeError(found, expected.tensor("\(seed).noise")) < 1e-4)
  }

  @Test("a row's prediction does not depend on the other rows", arguments: ModelFixtures.unets)
  func rows(_ name: String) throws {
    let expected = ModelFixtures.expected(name)
    let unet = try ModelFixtures.unet(name)
    let together = try run(unet, expected, 2)
    for row in 0..<2 {
      func part(_ tensor: String) throws -> Tensor {
        try expected.tensor("2.\(tensor)").narrowed(0, row..<row + 1)
      }
      let alone = try unet(
        part("sample"), timesteps: part("timesteps"), context: unet.context(part("context")))
      #expect(try relativeError(alone, together.narrowed(0, row..<row + 1)) < 1e-5)
    }
  }

  @Test("bf16 predictions are near the fp32 ones", arguments: ModelFixtures.unets)
  func bfloat16(_ name: String) throws {
    let expected = ModelFixtures.expected(name)
    let found = try run(
      ModelFixtures.unet(name, Placement(dtype: .bfloat16)), expected, 0)
    #expect(found.dtype == .float32)
    #expect(try relativeError(found, expected.tensor("0.noise")) < 0.05)
  }

  @Test("a UNet from a seed has the tensors of a UNet from a file", arguments: ModelFixtures.unets)
  func seeded(_ name: String) throws {
    let expected = ModelFixtures.expected(name)
    let configuration = try UNetConfiguration(ModelFixtures.configuration(name))
    let weights = Weights(seed: 3)
    let unet = try UNet2DConditionModel(weights, configuration)
    let file = TensorFixture(
      ModelFixtures.path("\(name)/diffusion_pytorch_model.safetensors"))
    #expect(weights.elementCount == file.entries.values.map(\.count).reduce(0, +))
    let found = try run(unet, expected, 0)
    #expect(try found.isFinite())
    #expect(
      try found.isEqual(
        to: run(UNet2DConditionModel(Weights(seed: 3), configuration), expected, 0)))
  }
}
