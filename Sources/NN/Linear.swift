public import Torch

/// `y = x·Wᵀ + b`.
public final class Linear {
  private let weight: FrozenWeight
  private let bias: FrozenWeight?

  /// Reads `weight` `[out, in]`, or `[out, in, 1, 1]`, and `bias` `[out]`.
  package init(_ weights: Weights, from input: Int, to output: Int, bias: Bool = true) throws {
    weight = weights.frozen("weight", [output, input], .fanIn(input))
    self.bias = bias ? weights.frozen("bias", [output], .fanIn(input)) : nil
  }

  /// - Parameter activation: applied to the result, by the kernel itself where it can.
  /// - Returns: `[…, out]` from `[…, in]`.
  public func callAsFunction(_ x: Tensor, activation: FusedActivation = .none) throws -> Tensor {
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
