internal import NN
internal import Torch

/// What all blocks of a UNet are told in one call.
struct UNetConditions {
  /// The activated time embedding, `[B, 4·C]`.
  let time: Tensor

  /// The text.
  let context: TextContext

  /// Whether stages are run again for their gradients instead of remembered.
  let isCheckpointed: Bool
}

/// A residual block and the attention after it: what gradient checkpointing runs again at once.
final class UNetStage {
  private let resnet: ResnetBlock2D
  private let attention: Transformer2DModel?
  private let slots: [AdapterSlot]

  /// - Parameters:
  ///   - weights: the block's.
  ///   - index: the residual block's among the block's.
  ///   - heads: the attention's; nil where there is none.
  init(
    _ weights: Weights, index: Int, from input: Int, to output: Int, heads: Int?,
    transformerBlocks: Int, _ configuration: UNetConfiguration
  ) throws {
    let (inner, outer) = (weights["attentions"][index], weights["resnets"][index])
    resnet = try ResnetBlock2D(
      outer, from: input, to: output, timeWidth: configuration.timeWidth,
      groups: configuration.groups, normEpsilon: configuration.normEpsilon,
      activation: configuration.activation)
    attention = try heads.map {
      try Transformer2DModel(
        inner, channels: output, heads: $0, blocks: transformerBlocks, configuration)
    }
    slots = outer.slots + (attention == nil ? [] : inner.slots)
  }

  /// - Parameter parts: what comes from before and, on the way up, what is skipped to here: `[B, in,
  ///   H, W]` in all.
  /// - Returns: `[B, out, H, W]`.
  func callAsFunction(_ parts: [Tensor], _ conditions: UNetConditions) throws -> Tensor {
    guard conditions.isCheckpointed else {
      return try evaluate(parts, conditions.time, conditions.context)
    }
    let inputs = [conditions.time, conditions.context.states] + parts
    return try checkpointed(inputs, parameters: slots.flatMap(\.parameters)) { [self] inputs in
      try evaluate(Array(inputs.dropFirst(2)), inputs[0], TextContext(inputs[1]))
    }
  }

  private func evaluate(_ parts: [Tensor], _ time: Tensor, _ context: TextContext) throws -> Tensor
  {
    let x = parts.count == 1 ? parts[0] : try Tensor.concatenated(parts, along: 1)
    let features = try resnet(x, time: time)
    return try attention?(features, context: context) ?? features
  }
}
