import LoRA
import NN
import TestSupport
import Testing
import Torch

@Suite("How much an adapter changes")
struct AdapterNormsTests {
  @Test("blocks are the lengths of their layers' changes together, beside the weights'")
  func blocks() throws {
    let weights = Weights(seed: 2)
    let names = ["down_blocks.1.a", "down_blocks.1.b", "mid_block.c"]
    for name in names { _ = try Linear(weights[name], from: 6, to: 5, bias: false) }
    let targets = AdapterTargets([(.unet, weights.slots)])
    let generator = try Generator(seed: 4)
    var adapter = AdapterWeights(layers: [:])
    for name in names {
      adapter.layers[LayerAddress(.unet, name)] = LowRankFactors(
        down: try generator.normal([2, 6]), up: try generator.normal([5, 2]), alpha: 3)
    }
    let norms = try AdapterNorms(adapter, on: targets)
    #expect(norms.blocks.map(\.name) == ["unet.down_blocks.1", "unet.mid_block"])
    #expect(norms.blocks.map(\.layers) == [2, 1])
    func length(_ names: [String], _ tensor: (LayerAddress) throws -> Tensor?) throws -> Double {
      try Tensor.concatenated(
        names.compactMap { try tensor(LayerAddress(.unet, $0))?.reshaped([-1]) }
      ).norm().item()
    }
    for (norm, names) in [
      (norms.blocks[0], Array(names.prefix(2))), (norms.blocks[1], [names[2]]),
      (norms.total, names),
    ] {
      let change = try length(names) { try adapter.layers[$0]?.weightChange() }
      let weight = try length(names) { try targets[$0]?.pristineWeight() }
      #expect(abs(norm.changeNorm / change - 1) < 1e-6)
      #expect(abs((norm.relativeChange ?? 0) / (change / weight) - 1) < 1e-6)
    }
    #expect(try AdapterNorms(adapter).total.relativeChange == nil)
  }

  @Test("the digest is that of diffusers' file, whatever its notes")
  func digest() throws {
    try withTemporaryFolder { folder in
      var weights = try AdapterWeights.random(seed: 3)
      let digest = try weights.digest()
      weights.metadata["note"] = "another"
      #expect(try weights.digest() == digest)
      let path = "\(folder)/a.safetensors"
      try weights.write(.diffusers, to: path)
      #expect(try AdapterFile.read(path, names: AdapterFixture.names).hash == digest)
      #expect(try AdapterWeights.random(seed: 4).digest() != digest)
    }
  }
}
