package import Torch

extension Tensor {
  /// The mean over rows of `−Σ yⱼ·ln softmax(x)ⱼ`, where `x` is this tensor, `[…, C]`.
  ///
  /// - Parameter targets: `y`, rows that add up to 1, of the same shape.
  package func crossEntropy(_ targets: Tensor) throws -> Tensor {
    let rows = Double(count / (shape.last ?? 1))
    return try (logSoftmax(along: shape.count - 1) * targets).sum().negated() / rows
  }

  /// The mean over all elements of `max(x, 0) − x·y + ln(1 + e^−|x|)`, where `x` is this tensor: the
  /// cross entropy of `σ(x)`.
  ///
  /// - Parameter targets: `y`, 0…1, of the same shape.
  package func binaryCrossEntropy(_ targets: Tensor) throws -> Tensor {
    let rest = try (magnitude().negated().exp() + 1).log()
    return try (relu() - self * targets + rest).mean()
  }
}
