public import Torch

/// A two-dimensional convolution with square kernels.
public final class Conv2d {
  private let weight: FrozenWeight
  private let bias: FrozenWeight
  private let kernel: Int
  private let stride: Int
  private let padding: Int

  /// Reads `weight` `[out, in, kernel, kernel]` and `bias` `[out]`.
  package init(
    _ weights: Weights, from input: Int, to output: Int, kernel: Int, stride: Int = 1,
    padding: Int = 0
  ) throws {
    let fan = input * kernel * kernel
    // A 1×1 kernel is a matrix: it runs as a linear layer over the pixels.
    let shape = kernel == 1 ? [output, input] : [output, input, kernel, kernel]
    weight = weights.frozen("weight", shape, .fanIn(fan))
    bias = weights.frozen("bias", [output], .fanIn(fan))
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
  }

  /// - Returns: `[B, out, H′, W′]` from `[B, in, H, W]`.
  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    kernel == 1 ? try pointwise(x) : try windowed(x)
  }

  private func windowed(_ x: Tensor) throws -> Tensor {
    let bias = try bias.dense()
    let packed = try weight.packed(for: x) {
      try .convolution(packing: $0, stride: stride, padding: padding)
    }
    if let packed {
      return try packed(x.channelsLast(), bias: bias)
    }
    return try x.convolution(weight.dense(), bias: bias, stride: stride, padding: padding)
  }

  private func pointwise(_ x: Tensor) throws -> Tensor {
    let bias = try bias.dense()
    let pixels = try x.permuted([0, 2, 3, 1])
    if let packed = try weight.packed(for: x, { try .linear(packing: $0) }) {
      return try packed(pixels.contiguous(), bias: bias).permuted([0, 3, 1, 2])
    }
    return try pixels.linear(weight.dense(), bias: bias).permuted([0, 3, 1, 2])
  }
}
