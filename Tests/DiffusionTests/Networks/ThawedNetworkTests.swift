import Diffusion
import Files
import Foundation
import NN
import TestSupport
import Testing
import Torch

/// Networks made from a seed and thawed, as they are when they are trained from scratch.
struct ThawedNetworkTests {
  private static func configuration(_ json: String) throws -> ConfigurationFile {
    try ConfigurationFile(Data(json.utf8), path: "the test's configuration")
  }

  private static func autoencoder(_ weights: Weights) throws -> AutoencoderKL {
    let sizes = try configuration(
      #"{"block_out_channels": [8, 16], "norm_num_groups": 4, "scaling_factor": 1}"#)
    return try AutoencoderKL(weights, VAEConfiguration(sizes))
  }

  /// Compares the gradient of `loss` in one parameter with two values of it.
  private func check(
    _ name: String, of parameters: [TrainableParameter], _ loss: () throws -> Tensor
  ) throws {
    let tensor = try #require(parameters.first { $0.name == name }).tensor
    let origin = try tensor.detached().clone()
    let random = try Generator(seed: 5).normal(origin.shape)
    let direction = try random / random.norm()
    let measured = try slope(
      of: { value in
        try tensor.assign(value)
        return try loss()
      }, at: origin, along: direction, step: 1e-2)
    try withoutGradients { try tensor.assign(origin) }
    let all = try gradients(of: loss(), withRespectTo: parameters.map(\.tensor))
    let place = try #require(parameters.firstIndex { $0.name == name })
    let found = try (all[place] * direction).sum().item()
    #expect(abs(found - measured) < 0.02 * abs(measured) + 1e-5, "\(name)")
    #expect(found != 0)
  }

  @Test(
    "gradients reach both halves of an autoencoder, and agree with differences within 2 %",
    arguments: [
      "encoder.conv_in.weight", "encoder.down_blocks.1.resnets.0.conv_shortcut.weight",
      "encoder.mid_block.attentions.0.to_q.weight", "quant_conv.weight",
      "post_quant_conv.bias", "decoder.up_blocks.0.upsamplers.0.conv.weight",
      "decoder.conv_out.bias",
    ])
  func autoencoder(_ name: String) throws {
    let weights = Weights(seed: 1)
    let autoencoder = try Self.autoencoder(weights)
    let parameters = try weights.thawed()
    let images = try Generator(seed: 2).uniform([2, 3, 8, 8])
    let noise = try Generator(seed: 3).normal([2, 4, 4, 4])
    try onOneThread {
      try check(name, of: parameters) {
        let latents = try autoencoder.encode(images)
        let decoded = try autoencoder.decodeUnclamped(latents.sample(noise: noise))
        let difference = try decoded - images
        return try (difference * difference).mean() + 0.1 * latents.meanDivergence()
      }
    }
  }

  @Test(
    "gradients reach every kind of layer of a UNet, and agree with differences within 2 %",
    arguments: [
      "conv_in.weight", "time_embedding.linear_1.weight",
      "down_blocks.0.attentions.0.proj_in.weight",
      "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight",
      "mid_block.resnets.0.time_emb_proj.weight", "up_blocks.0.resnets.1.conv_shortcut.weight",
      "conv_out.bias",
    ])
  func unet(_ name: String) throws {
    let weights = Weights(seed: 1)
    let unet = try UNet2DConditionModel(
      weights,
      UNetConfiguration(
        Self.configuration(
          """
          {"block_out_channels": [8, 16], "layers_per_block": 1, "norm_num_groups": 4,
           "attention_head_dim": 2, "cross_attention_dim": 12,
           "down_block_types": ["CrossAttnDownBlock2D", "DownBlock2D"],
           "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D"]}
          """)))
    let parameters = try weights.thawed()
    let generator = try Generator(seed: 2)
    let (latents, noise) = try (generator.normal([2, 4, 8, 8]), generator.normal([2, 4, 8, 8]))
    let states = try generator.normal([2, 5, 12])
    let loss = DenoisingLoss(.stableDiffusion)
    try onOneThread {
      try check(name, of: parameters) {
        try loss(unet, latents: latents, noise: noise, timesteps: [100, 700], states: states)
      }
    }
  }

  @Test("the divergence from unit noise is the mean of ½(μ² + σ² − 1) − ln σ, within 1e-5")
  func divergence() throws {
    let latents = try Self.autoencoder(Weights(seed: 1))
      .encode(Generator(seed: 2).uniform([1, 3, 8, 8]))
    var sum = 0.0
    for (mean, deviation) in try zip(latents.mean.doubles(), latents.deviation.doubles()) {
      let squares = mean * mean + deviation * deviation
      sum += (squares - 1) / 2 - log(deviation)
    }
    let expected = sum / Double(latents.mean.count)
    #expect(abs(try latents.meanDivergence().item() - expected) < 1e-5)
  }
}
