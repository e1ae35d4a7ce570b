package import NN
package import Torch

/// A block of either tower: attention, then an MLP, each on the normalised state and added to it.
package final class EncoderLayer {
  private let layerNorm1: LayerNorm
  private let query: Linear
  private let key: Linear
  private let value: Linear
  private let output: Linear
  private let layerNorm2: LayerNorm
  private let fc1: Linear
  private let fc2: Linear
  private let heads: Int
  private let activation: Activation

  package init(
    _ weights: Weights, width: Int, intermediateWidth: Int, heads: Int, activation: Activation,
    normEpsilon: Double
  ) throws {
    layerNorm1 = try LayerNorm(weights["layer_norm1"], width: width, epsilon: normEpsilon)
    let attention = weights["self_attn"]
    query = try Linear(attention["q_proj"], from: width, to: width)
    key = try Linear(attention["k_proj"], from: width, to: width)
    value = try Linear(attention["v_proj"], from: width, to: width)
    output = try Linear(attention["out_proj"], from: width, to: width)
    layerNorm2 = try LayerNorm(weights["layer_norm2"], width: width, epsilon: normEpsilon)
    fc1 = try Linear(weights["mlp.fc1"], from: width, to: intermediateWidth)
    fc2 = try Linear(weights["mlp.fc2"], from: intermediateWidth, to: width)
    self.heads = heads
    self.activation = activation
  }

  /// - Returns: the shape of `x`, `[B, T, D]`.
  package func callAsFunction(_ x: Tensor, isCausal: Bool) throws -> Tensor {
    let normalised = try layerNorm1(x)
    let mixed = try multiHeadAttention(
      query(normalised), key(normalised), value(normalised), heads: heads, isCausal: isCausal)
    let attended = try x + output(mixed)
    return try attended + fc2(activation(fc1(layerNorm2(attended))))
  }
}
