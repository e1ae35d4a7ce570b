public import Torch

/// `y = x·Wᵀ + b`.
public final class Linear {
  private let weight: FrozenWeight
  private let bias: FrozenWeight?
  private let slot: AdapterSlot

  /// Reads `weight` `[out, in]`, or `[out, in, 1, 1]`, and `bias` `[out]`.
  ///
  /// - Parameter isConvolution: whether other programs have the layer as a 1×1 convolution, which
  ///   gives an adapter's factors their shapes.
  package init(
    _ weights: Weights, from input: Int, to output: Int, bias: Bool = true,
    isConvolution: Bool = false
  ) throws {
    weight = weights.frozen("weight", [output, input], .fanIn(input))
    self.bias = bias ? weights.frozen("bias", [output], .fanIn(input)) : nil
    slot = weights.slot(
      weight,
      LayerGeometry(input: input, output: output, window: isConvolution ? .init(kernel: 1) : nil))
  }

  /// - Parameter activation: applied to the result, by the kernel itself where it can.
  /// - Returns: `[…, out]` from `[…, in]`.
  public func callAsFunction(_ x: Tensor, activation: FusedActivation = .none) throws -> Tensor {
    guard slot.isEmpty else {
      return try activation(slot.adding(to: frozen(x, activation: .none), x))
    }
    return try frozen(x, activation: activation)
  }

  private func frozen(_ x: Tensor, activation: FusedActivation) throws -> Tensor {
    let bias = try bias?.dense()
    if let packed = try weight.packed(for: x, { try .linear(packing: $0) }) {
      return try packed(x, bias: bias, activation: activation)
    }
    return try activation(x.linear(weight.dense(), bias: bias))
  }
}

extension FusedActivation {
  /// The activation as an operation of its own.
  package func callAsFunction(_ x: Tensor) throws -> Tensor {
    switch self {
    case .none: x
    case .silu: try x.silu()
    case .gelu: try x.gelu()
    case .geluTanh: try x.gelu(tanh: true)
    }
  }
}
