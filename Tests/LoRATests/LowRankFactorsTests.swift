import LoRA
import Testing
import Torch

@Suite("An adapter's factors")
struct LowRankFactorsTests {
  @Test("the scale is α/r, or α/√r where it is rank-stabilised")
  func scale() throws {
    let (down, up) = try (Tensor.zeros([4, 8]), Tensor.zeros([6, 4]))
    #expect(LowRankFactors(down: down, up: up).scale == 1)
    #expect(LowRankFactors(down: down, up: up, alpha: 2).scale == 0.5)
    #expect(LowRankFactors(down: down, up: up, alpha: 2, isRankStabilised: true).scale == 1)
  }
}
