public import Torch

/// A function between layers, under the name that configurations give it.
public enum Activation: String, Sendable, CaseIterable {
  case silu
  case swish
  case gelu
  case geluNew = "gelu_new"
  case geluTanh = "gelu_pytorch_tanh"
  case quickGelu = "quick_gelu"
  case relu

  /// Applies the function element by element.
  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    switch self {
    case .silu, .swish: try x.silu()
    case .gelu: try x.gelu()
    case .geluNew, .geluTanh: try x.gelu(tanh: true)
    case .quickGelu: try x * (x * 1.702).sigmoid()
    case .relu: try x.relu()
    }
  }
}
