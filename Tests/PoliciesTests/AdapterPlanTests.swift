import CLIP
import Diffusion
import Files
import Foundation
import LoRA
import NN
import TestSupport
import Testing
import Torch

@Suite("Plans of adapters")
struct AdapterPlanTests {
  /// The layers of SD-1.5, whose weights are never made.
  private func stableDiffusion() throws -> AdapterTargets {
    func configuration<T>(_ text: String, _ read: (ConfigurationFile) throws -> T) throws -> T {
      try withTemporaryFolder { folder in
        try AtomicFile.write(Data(text.utf8), to: "\(folder)/config.json")
        return try read(ConfigurationFile("\(folder)/config.json"))
      }
    }
    let unet = try configuration(
      """
      {"block_out_channels": [320, 640, 1280, 1280], "cross_attention_dim": 768, "attention_head_dim": 8,
       "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
       "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]}
      """
    ) { try UNet2DConditionModel(Weights(seed: 1), UNetConfiguration($0)) }
    let text = try configuration(
      """
      {"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12}
      """
    ) { try TextTransformer(Weights(seed: 1), TextConfiguration($0)) }
    return AdapterTargets([(.unet, unet.slots), (.textEncoder, text.slots)])
  }

  @Test(
    "on SD-1.5 a plan has as many layers and parameters as other trainers give it",
    arguments: [
      ([AdapterLayers.attention], 128, 797_184 as Int?), ([.linear], 192, 1_695_744),
      ([.linear, .convolution], 278, nil), ([.all], 278, nil),
      ([.attention, .linear], 192, 1_695_744),
      ([.textEncoder], 72, nil), ([.textAttention], 48, nil), ([.named("to_q")], 32, nil),
      ([.named("ff.net.2")], 16, nil), ([.attention, .textEncoder], 200, nil),
    ])
  func counts(layers: [AdapterLayers], modules: Int, parameters: Int?) throws {
    let targets = try stableDiffusion()
    let plan = AdapterPlan(layers: layers)
    #expect(try plan.layers(of: targets).count == modules)
    if let parameters { #expect(try plan.parameterCount(for: targets) == parameters) }
  }

  private func small() throws -> AdapterTargets {
    let weights = Weights(seed: 1)
    _ = try Linear(weights["attn1.to_q"], from: 300, to: 200)
    _ = try Conv2d(weights["resnets.0.conv1"], from: 40, to: 20, kernel: 3, padding: 1)
    return AdapterTargets([(.unet, weights.slots)])
  }

  @Test(
    "A begins as peft's or as a normal of deviation 1/r, B as zero; a draw's address is its layer")
  func initialisation() throws {
    let targets = try small()
    for (kind, rank) in [(FactorInitialisation.peft, 50), (.gaussian, 50)] {
      var plan = AdapterPlan(layers: [.attention, .convolution], rank: rank)
      plan.initialisation = kind
      let both = try plan.initialWeights(for: targets, seed: 4)
      let conv = LayerAddress(.unet, "resnets.0.conv1")
      for (address, fan) in [(LayerAddress(.unet, "attn1.to_q"), 300.0), (conv, 360)] {
        let factors = try #require(both.layers[address])
        #expect(try factors.up.magnitude().max().item() == 0)
        #expect(factors.scale == 1)
        let bound = 1 / fan.squareRoot()
        let deviation = try factors.down.pow(2).mean().item().squareRoot()
        switch kind {
        case .peft:
          #expect(try factors.down.magnitude().max().item() <= bound)
          #expect(abs(deviation / (bound / 3.0.squareRoot()) - 1) < 0.03)
        case .gaussian: #expect(abs(deviation * Double(rank) - 1) < 0.03)
        }
      }
      plan.layers = [.convolution]
      let first = try #require(both.layers[conv]).down
      let alone = try #require(plan.initialWeights(for: targets, seed: 4).layers[conv]).down
      let other = try #require(plan.initialWeights(for: targets, seed: 5).layers[conv]).down
      #expect(try alone.isEqual(to: first))
      #expect(try !other.isEqual(to: first))
    }
  }

  @Test("a rank may be larger than the layer, and the scale rank-stabilised")
  func large() throws {
    let plan = AdapterPlan(
      layers: [.named("to_q")], rank: 400, alpha: 10, isRankStabilised: true)
    let weights = try plan.initialWeights(for: small(), seed: 1)
    let factors = try #require(weights.layers[LayerAddress(.unet, "attn1.to_q")])
    #expect(factors.down.shape == [400, 300])
    #expect(factors.scale == 0.5)
  }

  @Test("plans that cannot be are refused")
  func refused() throws {
    func text(_ plan: AdapterPlan) -> String {
      message { try plan.initialWeights(for: small(), seed: 1) }
    }
    #expect(text(AdapterPlan(rank: 0)) == "an adapter of rank 0 cannot be; the rank is at least 1")
    #expect(
      text(AdapterPlan(alpha: 0))
        == "α is 0.0, but it must be above 0: it scales the adapter by α/rank")
    #expect(
      text(AdapterPlan(dropout: 1))
        == "a dropout of 1.0 cannot be; it is a share from 0 up to, but not including, 1")
    #expect(
      text(AdapterPlan(layers: [.named("to_x")]))
        == "the model has no layers “to_x”; name a group (attention, linear, convolution, all, text-encoder, text-attention), "
        + "or the end of layers' names, such as to_q")
    #expect(
      message {
        try TrainableAdapter(AdapterWeights(layers: [:]), on: small(), seed: 1)
      } == "the adapter is for no layer at all; there is nothing to train")
  }
}
