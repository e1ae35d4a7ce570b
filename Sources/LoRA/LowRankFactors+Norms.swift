internal import Torch

/// Lengths and angles of what adapters change, worked out from the factors alone, in `F64`.
extension LowRankFactors {
  /// `⟨s₁·B₁·A₁, s₂·B₂·A₂⟩ = s₁·s₂·Σ (B₁ᵀ·B₂) ∘ (A₁·A₂ᵀ)`, for layers of the same sizes.
  package func product(with other: LowRankFactors) throws -> Double {
    let (a, b) = try (Self.matrix(down), Self.matrix(up))
    let (otherA, otherB) = try (Self.matrix(other.down), Self.matrix(other.up))
    let left = try b.transposed(0, 1).matmul(otherB)
    let right = try a.matmul(otherA.transposed(0, 1))
    return try (left * right).sum().item() * scale * other.scale
  }

  /// `‖s·B·A‖`, Frobenius.
  package func changeNorm() throws -> Double {
    try max(product(with: self), 0).squareRoot()
  }

  /// The sizes of the weight that is changed: features out, and all that goes into one of them.
  package var changedSize: (output: Int, input: Int) { (up.shape[0], down.count / rank) }

  /// Rows of a factor, all else flat.
  private static func matrix(_ factor: Tensor) throws -> Tensor {
    try factor.to(.float64).reshaped([factor.shape[0], factor.count / factor.shape[0]])
  }
}
