internal import NN
internal import Torch

/// Images to the moments of their latents.
final class VAEEncoder {
  private struct Block {
    let resnets: [ResnetBlock2D]
    let downsampler: Conv2d?
  }

  private let convIn: Conv2d
  private let blocks: [Block]
  private let middle: VAEMiddleBlock
  private let convNormOut: GroupNorm
  private let convOut: Conv2d
  private let activation: Activation

  init(_ weights: Weights, _ configuration: VAEConfiguration) throws {
    let widths = configuration.widths
    let last = widths.count - 1
    convIn = try Conv2d(
      weights["conv_in"], from: configuration.imageChannels, to: widths[0], kernel: 3, padding: 1)
    blocks = try widths.indices.map { i in
      let block = weights["down_blocks"][i]
      let input = widths[max(i - 1, 0)]
      return Block(
        resnets: try (0..<configuration.layers).map {
          try ResnetBlock2D(
            block["resnets"][$0], from: $0 == 0 ? input : widths[i], to: widths[i], configuration)
        },
        downsampler: i == last
          ? nil
          : try Conv2d(
            block["downsamplers.0.conv"], from: widths[i], to: widths[i], kernel: 3, stride: 2))
    }
    middle = try VAEMiddleBlock(weights["mid_block"], channels: widths[last], configuration)
    convNormOut = try GroupNorm(
      weights["conv_norm_out"], channels: widths[last], groups: configuration.groups,
      epsilon: 1e-6)
    convOut = try Conv2d(
      weights["conv_out"], from: widths[last], to: 2 * configuration.latentChannels, kernel: 3,
      padding: 1)
    activation = configuration.activation
  }

  /// - Parameter x: images in −1…1, `[B, 3, 8H, 8W]`.
  /// - Returns: means and logarithms of variances, `[B, 8, H, W]`.
  func callAsFunction(_ x: Tensor) throws -> Tensor {
    var x = try convIn(x)
    for block in blocks {
      for resnet in block.resnets { x = try resnet(x) }
      // One pixel to the right and below, none to the left and above.
      if let downsampler = block.downsampler { x = try downsampler(x.padded(right: 1, bottom: 1)) }
    }
    return try convOut(activation(convNormOut(middle(x))))
  }
}
