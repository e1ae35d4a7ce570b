internal import NN
internal import Torch

/// The middle of the encoder and of the decoder: a residual block, attention, a residual block.
final class VAEMiddleBlock {
  private let first: ResnetBlock2D
  private let attention: VAEAttention?
  private let second: ResnetBlock2D

  init(_ weights: Weights, channels: Int, _ configuration: VAEConfiguration) throws {
    first = try ResnetBlock2D(weights["resnets"][0], from: channels, to: channels, configuration)
    attention =
      configuration.hasMiddleAttention
      ? try VAEAttention(weights["attentions"][0], channels: channels, configuration) : nil
    second = try ResnetBlock2D(weights["resnets"][1], from: channels, to: channels, configuration)
  }

  /// - Returns: the shape of `x`.
  func callAsFunction(_ x: Tensor) throws -> Tensor {
    let hidden = try first(x)
    return try second(attention?(hidden) ?? hidden)
  }
}

/// Attention with one head among all pixels, added to the image.
final class VAEAttention {
  private let groupNorm: GroupNorm
  private let toQ: Linear
  private let toK: Linear
  private let toV: Linear
  private let toOut: Linear

  init(_ weights: Weights, channels: Int, _ configuration: VAEConfiguration) throws {
    groupNorm = try GroupNorm(
      weights["group_norm"], channels: channels, groups: configuration.groups, epsilon: 1e-6)
    toQ = try Linear(weights["to_q"], from: channels, to: channels)
    toK = try Linear(weights["to_k"], from: channels, to: channels)
    toV = try Linear(weights["to_v"], from: channels, to: channels)
    toOut = try Linear(weights["to_out.0"], from: channels, to: channels)
  }

  /// - Returns: the shape of `x`, `[B, C, H, W]`.
  func callAsFunction(_ x: Tensor) throws -> Tensor {
    let (batch, channels, height, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let pixels = try groupNorm(x).permuted([0, 2, 3, 1])
      .reshaped([batch, height * width, channels])
    let mixed = try multiHeadAttention(toQ(pixels), toK(pixels), toV(pixels), heads: 1)
    let image = try toOut(mixed).reshaped([batch, height, width, channels])
    return try x + image.permuted([0, 3, 1, 2])
  }
}

extension ResnetBlock2D {
  convenience init(
    _ weights: Weights, from input: Int, to output: Int, _ configuration: VAEConfiguration
  ) throws {
    try self.init(
      weights, from: input, to: output, groups: configuration.groups, normEpsilon: 1e-6,
      activation: configuration.activation)
  }
}
