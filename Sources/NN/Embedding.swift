public import Torch

/// A table of vectors.
public final class Embedding {
  private let weight: FrozenWeight

  /// The number of rows.
  public var count: Int { weight.shape[0] }

  /// Reads `weight`, `[count, width]`.
  package init(_ weights: Weights, count: Int, width: Int) throws {
    weight = weights.frozen("weight", [count, width], .normal(0.02))
  }

  /// The rows at `indices`: `[…, width]` from `I64 […]`.
  public func callAsFunction(_ indices: Tensor) throws -> Tensor {
    try weight.dense().embedding(indices)
  }

  /// The whole table, `[count, width]`.
  public func table() throws -> Tensor { try weight.dense() }
}
