import LoRA
import NN
import TestSupport
import Testing
import Torch

@Suite("A small adapter in bf16")
struct RoundingTests {
  /// An adapter as a few steps at a learning rate of 9·10⁻⁶ leave it: B is a few steps large.
  private func factors(steps: Double) throws -> LowRankFactors {
    let generator = try Generator(seed: 2)
    return LowRankFactors(
      down: try (generator.uniform([4, 320]) * 2 - 1) / 320.0.squareRoot(),
      up: try generator.normal([320, 4]) * (9e-6 * steps))
  }

  @Test(
    "folded into bf16 most of it is lost to rounding; apart it is there",
    arguments: [10.0, 80])
  func lost(steps: Double) throws {
    let weights = Weights(seed: 3, placement: Placement(dtype: .bfloat16))["layer"]
    let layer = try Linear(weights, from: 320, to: 320, bias: false)
    let targets = AdapterTargets([(.unet, weights.slots)])
    let slot = try #require(targets.slots.first?.slot)
    let factors = try factors(steps: steps)
    let change = try factors.weightChange()
    let pristine = try slot.pristineWeight().to(.float32)
    let rounded = try (pristine + change).to(.bfloat16).to(.float32)
    // Rounding moves the weight by more than a third of what the adapter would.
    #expect(try relativeError(rounded - pristine, change) > 0.35)
    // Apart, the branch is what it should be but for the rounding of its own numbers.
    let adapter = AdapterWeights(layers: [LayerAddress(.unet, "layer"): factors])
    try targets.attach([(adapter, 1)], folding: true)
    let x = try Generator(seed: 4).normal([64, 320]).to(.bfloat16)
    #expect(!slot.isEmpty)
    let branch = try x.linear(factors.down.to(.bfloat16)).linear(factors.up.to(.bfloat16))
    let exact = try x.to(.float32).linear(change)
    #expect(try relativeError(branch.to(.float32), exact) < 0.01)
    targets.detach()
    let plain = try layer(x)
    try targets.attach([(adapter, 1)], folding: true)
    #expect(try layer(x).isEqual(to: plain + branch))
  }
}
