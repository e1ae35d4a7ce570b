import Testing
import Torch

/// Values printed by `torch.randn(..., generator=torch.Generator("cpu").manual_seed(seed))`.
struct GeneratorTests {
  @Test("normal draws are torch's own, bit for bit")
  func normalDraws() throws {
    let first = try Generator(seed: 0).normal([3]).floats()
    #expect(first == [1.5409960746765137, -0.29342889785766600, -2.1787893772125244])
  }
}
