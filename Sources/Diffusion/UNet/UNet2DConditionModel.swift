public import NN
public import Torch

/// The network that predicts the noise in latents, given the time and the text.
public final class UNet2DConditionModel {
  /// The sizes that the network was built with.
  public let configuration: UNetConfiguration

  /// Where the network computes.
  public let placement: Placement

  /// Where adapters can hang, layer by layer.
  public let slots: [AdapterSlot]

  /// Whether the network's stages are run again for their gradients instead of remembered: less
  /// memory in training for a third more time; without gradients it changes nothing.
  public var usesCheckpointing = false

  private let timeEmbedding: TimestepEmbedding
  private let convIn: Conv2d
  private let downBlocks: [DownBlock]
  private let middleBlock: MiddleBlock
  private let upBlocks: [UpBlock]
  private let convNormOut: GroupNorm
  private let convOut: Conv2d

  /// Reads the tensors of `unet/diffusion_pytorch_model.safetensors`.
  public init(_ weights: Weights, _ configuration: UNetConfiguration) throws {
    self.configuration = configuration
    placement = weights.placement
    let levels = configuration.levels
    let last = levels.count - 1
    let finest = levels[0].channels
    timeEmbedding = try TimestepEmbedding(weights["time_embedding"], configuration)
    convIn = try Conv2d(
      weights["conv_in"].inFullPrecision, from: configuration.inChannels, to: finest, kernel: 3,
      padding: 1)
    downBlocks = try levels.indices.map { i in
      try DownBlock(
        weights["down_blocks"][i], level: levels[i], from: levels[max(i - 1, 0)].channels,
        isLast: i == last, configuration)
    }
    middleBlock = try MiddleBlock(weights["mid_block"], configuration)
    upBlocks = try levels.indices.map { i in
      let level = last - i
      return try UpBlock(
        weights["up_blocks"][i], level: levels[level],
        from: levels[min(level + 1, last)].channels, finer: levels[max(level - 1, 0)].channels,
        isLast: level == 0, configuration)
    }
    convNormOut = try GroupNorm(
      weights["conv_norm_out"].inFullPrecision, channels: finest, groups: configuration.groups,
      epsilon: configuration.normEpsilon)
    convOut = try Conv2d(
      weights["conv_out"].inFullPrecision, from: finest, to: configuration.outChannels, kernel: 3,
      padding: 1)
    slots = weights.slots
  }

  /// Text states as this network computes with them.
  ///
  /// - Parameter states: `[B, M, D]`, of any floating-point type.
  public func context(_ states: Tensor) throws -> TextContext {
    TextContext(try states.to(placement.dtype, device: placement.device))
  }

  /// - Parameters:
  ///   - latents: `[B, 4, H, W]`, of any floating-point type.
  ///   - timesteps: 0…999, `F32 [B]`.
  ///   - context: text states, `[B, M, D]`, as `context(_:)` makes them; the same for all steps of
  ///     a run.
  /// - Returns: the prediction, `F32 [B, 4, H, W]`.
  public func callAsFunction(_ latents: Tensor, timesteps: Tensor, context: TextContext) throws
    -> Tensor
  {
    let time = try configuration.activation(timeEmbedding(timesteps)).to(placement.dtype)
    // Both ends are fp32: rounding the prediction would be multiplied by the guidance.
    var x = try convIn(latents.to(.float32).channelsLast()).to(placement.dtype)
    let conditions = UNetConditions(
      time: time, context: context, isCheckpointed: usesCheckpointing && recordsGradients)
    var skips = [x]
    for block in downBlocks {
      x = try block(x, conditions, skips: &skips)
    }
    x = try middleBlock(x, conditions)
    for block in upBlocks {
      x = try block(x, conditions, skips: &skips)
    }
    return try convOut(configuration.activation(convNormOut(x.to(.float32)))).contiguous()
  }
}
