public import Torch

/// A two-dimensional convolution with square kernels.
public final class Conv2d {
  private let weight: FrozenWeight
  private let bias: FrozenWeight
  private let window: LayerGeometry.Window
  private let slot: AdapterSlot

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
    window = .init(kernel: kernel, stride: stride, padding: padding)
    slot = weights.slot(weight, LayerGeometry(input: input, output: output, window: window))
  }

  /// - Returns: `[B, out, H′, W′]` from `[B, in, H, W]`.
  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    window.kernel == 1 ? try pointwise(x) : try slot.adding(to: windowed(x), x)
  }

  private func windowed(_ x: Tensor) throws -> Tensor {
    let bias = try bias.dense()
    let packed = try weight.packed(for: x) {
      try .convolution(packing: $0, stride: window.stride, padding: window.padding)
    }
    if let packed {
      return try packed(x.channelsLast(), bias: bias)
    }
    return try x.convolution(
      weight.dense(), bias: bias, stride: window.stride, padding: window.padding)
  }

  private func pointwise(_ x: Tensor) throws -> Tensor {
    let pixels = try x.permuted([0, 2, 3, 1])
    return try slot.adding(to: product(pixels), pixels).permuted([0, 3, 1, 2])
  }

  /// `[B, H, W, out]` from `[B, H, W, in]`.
  private func product(_ pixels: Tensor) throws -> Tensor {
    let bias = try bias.dense()
    if let packed = try weight.packed(for: pixels, { try .linear(packing: $0) }) {
      return try packed(pixels.contiguous(), bias: bias)
    }
    return try pixels.linear(weight.dense(), bias: bias)
  }
}
