import LoRA
import Testing
import Torch

@Suite("Comparing adapters")
struct AdapterComparisonTests {
  @Test("norms, distance and cosine are those of the dense changes, whatever the ranks")
  func dense() throws {
    let generator = try Generator(seed: 2)
    let a = LowRankFactors(
      down: try generator.normal([3, 5, 3, 3]), up: try generator.normal([4, 3, 1, 1]), alpha: 2)
    let b = LowRankFactors(
      down: try generator.normal([2, 5, 3, 3]), up: try generator.normal([4, 2, 1, 1]), alpha: 7,
      isRankStabilised: true)
    let layer = LayerAddress(.unet, "conv_in")
    let comparison = try AdapterComparison(
      AdapterWeights(layers: [layer: a]), AdapterWeights(layers: [layer: b]))
    let (x, y) = try (a.weightChange().to(.float64), b.weightChange().to(.float64))
    let total = comparison.total
    #expect(abs(total.firstNorm / (try x.norm().item()) - 1) < 1e-6)
    #expect(abs(total.distance / (try (x - y).norm().item()) - 1) < 1e-6)
    let cosine = try (x * y).sum().item() / x.norm().item() / y.norm().item()
    #expect(abs((total.cosine ?? 2) - cosine) < 1e-6)
  }

  @Test("an adapter is at no distance from itself, and a layer that one lacks counts whole")
  func itself() throws {
    let weights = try AdapterWeights.random(seed: 9)
    let same = try AdapterComparison(weights, weights).total
    #expect(same.distance < 1e-6 * same.firstNorm)
    #expect(abs((same.cosine ?? 0) - 1) < 1e-12)
    let none = try AdapterComparison(weights, AdapterWeights(layers: [:])).total
    #expect(none.distance == none.firstNorm)
    #expect(none.cosine == nil)
  }
}
