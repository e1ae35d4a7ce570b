internal import NN
internal import Torch

/// One level on the way down: residual blocks, each followed by attention where the level has it,
/// then half the size.
final class DownBlock {
  private let stages: [UNetStage]
  private let downsampler: Conv2d?

  init(
    _ weights: Weights, level: UNetConfiguration.Level, from input: Int, isLast: Bool,
    _ configuration: UNetConfiguration
  ) throws {
    let channels = level.channels
    stages = try (0..<level.layers).map {
      try UNetStage(
        weights, index: $0, from: $0 == 0 ? input : channels, to: channels, heads: level.downHeads,
        transformerBlocks: level.transformerBlocks, configuration)
    }
    downsampler =
      isLast
      ? nil
      : try Conv2d(
        weights["downsamplers.0.conv"], from: channels, to: channels, kernel: 3, stride: 2,
        padding: 1)
  }

  /// - Parameter skips: takes every state that the way up will want.
  /// - Returns: `[B, channels, H/2, W/2]`, or the same height and width at the last level.
  func callAsFunction(_ x: Tensor, _ conditions: UNetConditions, skips: inout [Tensor]) throws
    -> Tensor
  {
    var x = x
    for stage in stages {
      x = try stage([x], conditions)
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
  private let first: UNetStage
  private let second: UNetStage

  init(_ weights: Weights, _ configuration: UNetConfiguration) throws {
    let level = configuration.levels[configuration.levels.count - 1]
    let channels = level.channels
    first = try UNetStage(
      weights, index: 0, from: channels, to: channels, heads: configuration.middleHeads,
      transformerBlocks: level.transformerBlocks, configuration)
    second = try UNetStage(
      weights, index: 1, from: channels, to: channels, heads: nil,
      transformerBlocks: level.transformerBlocks, configuration)
  }

  /// - Returns: the shape of `x`.
  func callAsFunction(_ x: Tensor, _ conditions: UNetConditions) throws -> Tensor {
    try second([first([x], conditions)], conditions)
  }
}

/// One level on the way up: residual blocks that also see the skipped states, then twice the size.
final class UpBlock {
  private let stages: [UNetStage]
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
    stages = try (0..<count).map {
      let below = $0 == 0 ? input : channels
      let skipped = $0 == count - 1 ? finer : channels
      return try UNetStage(
        weights, index: $0, from: below + skipped, to: channels, heads: level.upHeads,
        transformerBlocks: level.transformerBlocks, configuration)
    }
    upsampler =
      isLast
      ? nil
      : try Conv2d(
        weights["upsamplers.0.conv"], from: channels, to: channels, kernel: 3, padding: 1)
  }

  /// - Parameter skips: the states from the way down; what is used is taken off its end.
  /// - Returns: `[B, channels, 2H, 2W]`, or the same height and width at the finest level.
  func callAsFunction(_ x: Tensor, _ conditions: UNetConditions, skips: inout [Tensor]) throws
    -> Tensor
  {
    var x = x
    for stage in stages {
      x = try stage([x, skips.removeLast()], conditions)
    }
    guard let upsampler, let next = skips.last else { return x }
    // Twice the size, but for odd sizes, which were rounded up on the way down.
    return try upsampler(x.upsampledNearest(height: next.shape[2], width: next.shape[3]))
  }
}
