internal import NN
internal import Torch

/// Transformer blocks over the pixels of an image, added to it.
final class Transformer2DModel {
  private let norm: GroupNorm
  private let projIn: Linear
  private let blocks: [BasicTransformerBlock]
  private let projOut: Linear

  init(
    _ weights: Weights, channels: Int, heads: Int, blocks count: Int,
    _ configuration: UNetConfiguration
  ) throws {
    norm = try GroupNorm(
      weights["norm"], channels: channels, groups: configuration.groups, epsilon: 1e-6)
    // 1×1 convolutions in the files of SD-1.x, linear layers in later ones: the same numbers.
    projIn = try Linear(
      weights["proj_in"], from: channels, to: channels,
      isConvolution: !configuration.usesLinearProjection)
    blocks = try (0..<count).map {
      try BasicTransformerBlock(
        weights["transformer_blocks"][$0], width: channels,
        contextWidth: configuration.contextWidth, heads: heads)
    }
    projOut = try Linear(
      weights["proj_out"], from: channels, to: channels,
      isConvolution: !configuration.usesLinearProjection)
  }

  /// - Parameters:
  ///   - x: `[B, C, H, W]`.
  ///   - context: text states, `[B, M, D]`.
  /// - Returns: `[B, C, H, W]`.
  func callAsFunction(_ x: Tensor, context: TextContext) throws -> Tensor {
    let (batch, channels, height, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    var tokens = try norm(x).permuted([0, 2, 3, 1]).reshaped([batch, height * width, channels])
    tokens = try projIn(tokens)
    for block in blocks {
      tokens = try block(tokens, context: context)
    }
    let pixels = try projOut(tokens).reshaped([batch, height, width, channels])
    return try x + pixels.permuted([0, 3, 1, 2])
  }
}
