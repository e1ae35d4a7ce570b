internal import NN
internal import Torch

/// One level on the way down: residual blocks, each followed by attention where the level has it,
/// then half the size.
final class DownBlock {
  private let resnets: [ResnetBlock2D]
  private let attentions: [Transformer2DModel]
  private let downsampler: Conv2d?

  init(
    _ weights: Weights, level: UNetConfiguration.Level, from input: Int, isLast: Bool,
    _ configuration: UNetConfiguration
  ) throws {
    let channels = level.channels
    resnets = try (0..<level.layers).map {
      try ResnetBlock2D(
        weights["resnets"][$0], from: $0 == 0 ? input : channels, to: channels, configuration)
    }
    attentions = try Transformer2DModel.list(
      weights["attentions"], count: level.layers, heads: level.downHeads, level, configuration)
    downsampler =
      isLast
      ? nil
      : try Conv2d(
        weights["downsamplers.0.conv"], from: channels, to: channels, kernel: 3, stride: 2,
        padding: 1)
  }

  /// - Parameter skips: takes every state that the way up will want.
  /// - Returns: `[B, channels, H/2, W/2]`, or the same height and width at the last level.
  func callAsFunction(_ x: Tensor, time: Tensor, context: TextContext, skips: inout [Tensor]) throws
    -> Tensor
  {
    var x = x
    for (i, resnet) in resnets.enumerated() {
      x = try resnet(x, time: time)
      if !attentions.isEmpty { x = try attentions[i](x, context: context) }
      skips.append(x)
    }
    guard let downsampler else { return x }
    x = try downsampler(x)
    skips.append(x)
    return x
  }
}

/// The bottom of the U: a residual block, attention, a residual block.
final class MiddleBlock {
  private let first: ResnetBlock2D
  private let attention: Transformer2DModel
  private let second: ResnetBlock2D

  init(_ weights: Weights, _ configuration: UNetConfiguration) throws {
    let level = configuration.levels[configuration.levels.count - 1]
    let channels = level.channels
    first = try ResnetBlock2D(weights["resnets"][0], from: channels, to: channels, configuration)
    attention = try Transformer2DModel(
      weights["attentions"][0], channels: channels, heads: configuration.middleHeads,
      blocks: level.transformerBlocks, configuration)
    second = try ResnetBlock2D(weights["resnets"][1], from: channels, to: channels, configuration)
  }

  /// - Returns: the shape of `x`.
  func callAsFunction(_ x: Tensor, time: Tensor, context: TextContext) throws -> Tensor {
    try second(attention(first(x, time: time), context: context), time: time)
  }
}

/// One level on the way up: residual blocks that also see the skipped states, then twice the size.
final class UpBlock {
  private let resnets: [ResnetBlock2D]
  private let attentions: [Transformer2DModel]
  private let upsampler: Conv2d?

  /// - Parameters:
  ///   - input: channels that come from below.
  ///   - finer: channels of the level above, whose states the last residual block skips to.
  init(
    _ weights: Weights, level: UNetConfiguration.Level, from input: Int, finer: Int, isLast: Bool,
    _ configuration: UNetConfiguration
  ) throws {
    let channels = level.channels
    let count = level.layers + 1
    resnets = try (0..<count).map {
      let below = $0 == 0 ? input : channels
      let skipped = $0 == count - 1 ? finer : channels
      return try ResnetBlock2D(
        weights["resnets"][$0], from: below + skipped, to: channels, configuration)
    }
    attentions = try Transformer2DModel.list(
      weights["attentions"], count: count, heads: level.upHeads, level, configuration)
    upsampler =
      isLast
      ? nil
      : try Conv2d(
        weights["upsamplers.0.conv"], from: channels, to: channels, kernel: 3, padding: 1)
  }

  /// - Parameter skips: the states from the way down; what is used is taken off its end.
  /// - Returns: `[B, channels, 2H, 2W]`, or the same height and width at the finest level.
  func callAsFunction(_ x: Tensor, time: Tensor, context: TextContext, skips: inout [Tensor]) throws
    -> Tensor
  {
    var x = x
    for (i, resnet) in resnets.enumerated() {
      x = try resnet(Tensor.concatenated([x, skips.removeLast()], along: 1), time: time)
      if !attentions.isEmpty { x = try attentions[i](x, context: context) }
    }
    guard let upsampler, let next = skips.last else { return x }
    // Twice the size, but for odd sizes, which were rounded up on the way down.
    return try upsampler(x.upsampledNearest(height: next.shape[2], width: next.shape[3]))
  }
}

extension Transformer2DModel {
  /// The attentions of a level; none where it has no heads.
  fileprivate static func list(
    _ weights: Weights, count: Int, heads: Int?, _ level: UNetConfiguration.Level,
    _ configuration: UNetConfiguration
  ) throws -> [Transformer2DModel] {
    guard let heads else { return [] }
    return try (0..<count).map {
      try Transformer2DModel(
        weights[$0], channels: level.channels, heads: heads, blocks: level.transformerBlocks,
        configuration)
    }
  }
}

extension ResnetBlock2D {
  fileprivate convenience init(
    _ weights: Weights, from input: Int, to output: Int, _ configuration: UNetConfiguration
  ) throws {
    try self.init(
      weights, from: input, to: output, timeWidth: configuration.timeWidth,
      groups: configuration.groups, normEpsilon: configuration.normEpsilon,
      activation: configuration.activation)
  }
}
