internal import NN
internal import Torch

/// Latents to images.
final class VAEDecoder {
  private struct Block {
    let resnets: [ResnetBlock2D]
    let upsampler: Conv2d?
  }

  private let convIn: Conv2d
  private let middle: VAEMiddleBlock
  private let blocks: [Block]
  private let convNormOut: GroupNorm
  private let convOut: Conv2d
  private let activation: Activation

  init(_ weights: Weights, _ configuration: VAEConfiguration) throws {
    let widths = Array(configuration.widths.reversed())
    let last = widths.count - 1
    convIn = try Conv2d(
      weights["conv_in"], from: configuration.latentChannels, to: widths[0], kernel: 3, padding: 1)
    middle = try VAEMiddleBlock(weights["mid_block"], channels: widths[0], configuration)
    blocks = try widths.indices.map { i in
      let block = weights["up_blocks"][i]
      let input = widths[max(i - 1, 0)]
      return Block(
        resnets: try (0...configuration.layers).map {
          try ResnetBlock2D(
            block["resnets"][$0], from: $0 == 0 ? input : widths[i], to: widths[i], configuration)
        },
        upsampler: i == last
          ? nil
          : try Conv2d(
            block["upsamplers.0.conv"], from: widths[i], to: widths[i], kernel: 3, padding: 1))
    }
    convNormOut = try GroupNorm(
      weights["conv_norm_out"], channels: widths[last], groups: configuration.groups,
      epsilon: 1e-6)
    convOut = try Conv2d(
      weights["conv_out"], from: widths[last], to: configuration.imageChannels, kernel: 3,
      padding: 1)
    activation = configuration.activation
  }

  /// - Parameter x: `[B, 4, H, W]`.
  /// - Returns: images in about −1…1, `[B, 3, 8H, 8W]`.
  func callAsFunction(_ x: Tensor) throws -> Tensor {
    var x = try middle(convIn(x))
    for block in blocks {
      for resnet in block.resnets { x = try resnet(x) }
      if let upsampler = block.upsampler {
        x = try upsampler(x.upsampledNearest(height: 2 * x.shape[2], width: 2 * x.shape[3]))
      }
    }
    return try convOut(activation(convNormOut(x)))
  }
}
