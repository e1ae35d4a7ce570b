import Foundation
import LoRA
import NN
import TestSupport
import Torch

/// The adapter that scripts/fixtures_adapters.py wrote under many names.
enum AdapterFixture {
  static let expected = TensorFixture(path("expected.safetensors"))

  static func path(_ name: String) -> String {
    Bundle.module.bundlePath + "/Fixtures/adapters/\(name)"
  }

  /// Layers of any model, with the middle block's numbers of single files.
  static let names = AdapterNames(ofAnyModel: { name in
    let others = [
      "mid_block.attentions.0.": "middle_block.1.",
      "mid_block.resnets.0.conv1": "middle_block.0.in_layers.2",
      "mid_block.resnets.0.time_emb_proj": "middle_block.0.emb_layers.1",
    ]
    return others.filter { name.hasPrefix($0.key) }
      .map { $0.value + name.dropFirst($0.key.count) }
  })

  /// The largest distance of any layer's change from PEFT's.
  static func error(of weights: AdapterWeights) throws -> Double {
    try weights.layers.map { layer, factors in
      try relativeError(factors.weightChange(), expected.tensor(layer.description))
    }.max() ?? .infinity
  }
}

extension AdapterWeights {
  /// A random adapter of rank 2 and 3, α 3, on linear layers and convolutions of both networks.
  static func random(seed: UInt64, rankStabilised: Bool = false) throws -> AdapterWeights {
    let generator = try Generator(seed: seed)
    func factors(_ down: [Int], _ up: [Int], alpha: Double) throws -> LowRankFactors {
      LowRankFactors(
        down: try generator.normal(down), up: try generator.normal(up), alpha: alpha,
        isRankStabilised: rankStabilised)
    }
    let block = "mid_block.attentions.0"
    return AdapterWeights(
      layers: [
        LayerAddress(.unet, "\(block).transformer_blocks.0.attn1.to_q"): try factors(
          [2, 8], [8, 2], alpha: 3),
        LayerAddress(.unet, "\(block).transformer_blocks.0.attn2.to_out.0"): try factors(
          [3, 8], [8, 3], alpha: 3),
        LayerAddress(.unet, "\(block).proj_in"): try factors(
          [2, 8, 1, 1], [8, 2, 1, 1], alpha: 3),
        LayerAddress(.unet, "mid_block.resnets.1.conv2"): try factors(
          [2, 8, 3, 3], [6, 2, 1, 1], alpha: 1),
        LayerAddress(.textEncoder, "encoder.layers.0.mlp.fc1"): try factors(
          [2, 4], [16, 2], alpha: 3),
      ], metadata: ["ss_output_name": "foxes"])
  }
}
