internal import NN
internal import Torch

/// Two convolutions whose result is added to their input; the UNet's also hear what time it is.
final class ResnetBlock2D {
  private let norm1: GroupNorm
  private let conv1: Conv2d
  private let timeProjection: Linear?
  private let norm2: GroupNorm
  private let conv2: Conv2d
  private let shortcut: Conv2d?
  private let activation: Activation

  /// - Parameter timeWidth: the time embedding's width; nil in a VAE, which has none.
  init(
    _ weights: Weights, from input: Int, to output: Int, timeWidth: Int? = nil, groups: Int,
    normEpsilon: Double, activation: Activation
  ) throws {
    norm1 = try GroupNorm(
      weights["norm1"], channels: input, groups: groups, epsilon: normEpsilon)
    conv1 = try Conv2d(weights["conv1"], from: input, to: output, kernel: 3, padding: 1)
    timeProjection = try timeWidth.map {
      try Linear(weights["time_emb_proj"], from: $0, to: output)
    }
    norm2 = try GroupNorm(
      weights["norm2"], channels: output, groups: groups, epsilon: normEpsilon)
    conv2 = try Conv2d(weights["conv2"], from: output, to: output, kernel: 3, padding: 1)
    shortcut =
      input == output
      ? nil : try Conv2d(weights["conv_shortcut"], from: input, to: output, kernel: 1)
    self.activation = activation
  }

  /// - Parameters:
  ///   - x: `[B, in, H, W]`.
  ///   - time: the activated time embedding, `[B, 4·C]`.
  /// - Returns: `[B, out, H, W]`.
  func callAsFunction(_ x: Tensor, time: Tensor? = nil) throws -> Tensor {
    var hidden = try conv1(activation(norm1(x)))
    if let timeProjection, let time {
      hidden = try hidden + timeProjection(time).unsqueezed(2).unsqueezed(3)
    }
    hidden = try conv2(activation(norm2(hidden)))
    return try (shortcut?(x) ?? x) + hidden
  }
}
