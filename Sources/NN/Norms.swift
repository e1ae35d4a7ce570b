public import Torch

/// Normalises groups of channels of an image, then scales and shifts each channel.
public final class GroupNorm {
  private let weight: FrozenWeight
  private let bias: FrozenWeight
  private let groups: Int
  private let epsilon: Double

  /// Reads `weight` and `bias`, `[channels]` each.
  package init(_ weights: Weights, channels: Int, groups: Int, epsilon: Double) throws {
    weight = weights.frozen("weight", [channels], .ones)
    bias = weights.frozen("bias", [channels], .zeros)
    self.groups = groups
    self.epsilon = epsilon
  }

  /// - Returns: the shape of `x`, `[B, C, …]`.
  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    try x.groupNorm(groups: groups, weight: weight.dense(), bias: bias.dense(), epsilon: epsilon)
  }
}

/// Normalises the last dimension, then scales and shifts each of its elements.
public final class LayerNorm {
  private let weight: FrozenWeight
  private let bias: FrozenWeight
  private let epsilon: Double

  /// Reads `weight` and `bias`, `[width]` each.
  package init(_ weights: Weights, width: Int, epsilon: Double = 1e-5) throws {
    weight = weights.frozen("weight", [width], .ones)
    bias = weights.frozen("bias", [width], .zeros)
    self.epsilon = epsilon
  }

  /// - Returns: the shape of `x`, `[…, width]`.
  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    try x.layerNorm(weight: weight.dense(), bias: bias.dense(), epsilon: epsilon)
  }
}
