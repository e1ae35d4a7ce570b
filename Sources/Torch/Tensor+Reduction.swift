internal import CTorch

/// Sums, means, extremes. A negative dimension counts from the end.
extension Tensor {
  /// The sum of all elements, of rank 0.
  public func sum() throws(TorchError) -> Tensor {
    try Tensor("sum", self) { ctorch_sum($0, &$1) }
  }

  /// Sums along `dimensions`.
  public func sum(along dimensions: [Int], keepingDimensions keep: Bool = false)
    throws(TorchError) -> Tensor
  {
    try Tensor("sum along \(dimensions)", self) { x, result in
      dimensions.withSizes { ctorch_sum_along(x, $0, $1, keep, &result) }
    }
  }

  /// The mean of all elements, of rank 0.
  public func mean() throws(TorchError) -> Tensor {
    try Tensor("mean", self) { ctorch_mean($0, &$1) }
  }

  /// Means along `dimensions`.
  public func mean(along dimensions: [Int], keepingDimensions keep: Bool = false)
    throws(TorchError) -> Tensor
  {
    try Tensor("mean along \(dimensions)", self) { x, result in
      dimensions.withSizes { ctorch_mean_along(x, $0, $1, keep, &result) }
    }
  }

  /// The largest element, of rank 0.
  public func max() throws(TorchError) -> Tensor {
    try Tensor("max", self) { ctorch_max($0, &$1) }
  }

  /// The smallest element, of rank 0.
  public func min() throws(TorchError) -> Tensor {
    try Tensor("min", self) { ctorch_min($0, &$1) }
  }

  /// The index of the largest element along `dimension`, the first where several are equal, `I64`.
  public func argmax(along dimension: Int) throws(TorchError) -> Tensor {
    try Tensor("argmax", self) { ctorch_argmax($0, Int64(dimension), &$1) }
  }

  /// `eˣ / Σ eˣ` along `dimension`.
  public func softmax(along dimension: Int) throws(TorchError) -> Tensor {
    try Tensor("softmax", self) { ctorch_softmax($0, Int64(dimension), &$1) }
  }

  /// `x − ln Σ eˣ` along `dimension`.
  public func logSoftmax(along dimension: Int) throws(TorchError) -> Tensor {
    try Tensor("log-softmax", self) { ctorch_log_softmax($0, Int64(dimension), &$1) }
  }

  /// The Euclidean norm of all elements, of rank 0.
  public func norm() throws(TorchError) -> Tensor {
    try Tensor("norm", self) { ctorch_norm($0, &$1) }
  }
}
