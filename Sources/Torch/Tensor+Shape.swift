internal import CTorch

/// Changes of shape. A negative dimension counts from the end; where memory allows, the result
/// shares it.
extension Tensor {
  /// The same elements, row-major, in another shape; one size may be −1 and is worked out.
  public func reshaped(_ shape: [Int]) throws(TorchError) -> Tensor {
    try Tensor("reshape to \(shape)", self) { x, result in
      shape.withSizes { ctorch_reshape(x, $0, $1, &result) }
    }
  }

  /// Repeats dimensions of size 1 without copying; −1 keeps a size.
  public func expanded(_ shape: [Int]) throws(TorchError) -> Tensor {
    try Tensor("expand to \(shape)", self) { x, result in
      shape.withSizes { ctorch_expand(x, $0, $1, &result) }
    }
  }

  /// Dimensions in another order.
  public func permuted(_ order: [Int]) throws(TorchError) -> Tensor {
    try Tensor("permute to \(order)", self) { x, result in
      order.withSizes { ctorch_permute(x, $0, $1, &result) }
    }
  }

  /// Two dimensions exchanged.
  public func transposed(_ a: Int, _ b: Int) throws(TorchError) -> Tensor {
    try Tensor("transpose \(a), \(b)", self) { ctorch_transpose($0, Int64(a), Int64(b), &$1) }
  }

  /// A new dimension of size 1.
  public func unsqueezed(_ dimension: Int) throws(TorchError) -> Tensor {
    try Tensor("unsqueeze", self) { ctorch_unsqueeze($0, Int64(dimension), &$1) }
  }

  /// Without a dimension of size 1.
  public func squeezed(_ dimension: Int) throws(TorchError) -> Tensor {
    try Tensor("squeeze", self) { ctorch_squeeze($0, Int64(dimension), &$1) }
  }

  /// The elements of `range` along `dimension`.
  public func narrowed(_ dimension: Int, _ range: Range<Int>) throws(TorchError) -> Tensor {
    try Tensor("narrow to \(range) along \(dimension)", self) {
      ctorch_narrow($0, Int64(dimension), Int64(range.lowerBound), Int64(range.count), &$1)
    }
  }

  /// `parts` equal pieces along `dimension`.
  public func chunks(_ parts: Int, along dimension: Int) throws(TorchError) -> [Tensor] {
    guard (-rank..<rank).contains(dimension) else {
      throw .operation(
        "chunks", operands: [summary], text: "there is no dimension \(dimension)")
    }
    let size = shape[dimension < 0 ? rank + dimension : dimension]
    guard parts > 0, size % parts == 0 else {
      throw .operation(
        "chunks", operands: [summary], text: "\(size) cannot be cut into \(parts) equal pieces")
    }
    let step = size / parts
    var pieces: [Tensor] = []
    for part in 0..<parts {
      pieces.append(try narrowed(dimension, part * step..<(part + 1) * step))
    }
    return pieces
  }

  /// Element `index` along `dimension`, which goes away.
  public func selected(_ dimension: Int, _ index: Int) throws(TorchError) -> Tensor {
    try Tensor("select \(index) along \(dimension)", self) {
      ctorch_select($0, Int64(dimension), Int64(index), &$1)
    }
  }

  /// Element `index` along the first dimension, which goes away.
  public subscript(index: Int) -> Tensor {
    get throws(TorchError) { try selected(0, index) }
  }

  /// The elements at `indices`, `I64 [N]`, along `dimension`.
  public func gathered(_ dimension: Int, _ indices: Tensor) throws(TorchError) -> Tensor {
    try Tensor("gather along \(dimension)", self, indices) {
      ctorch_index_select($0, Int64(dimension), $1, &$2)
    }
  }

  /// Reversed along `dimension`.
  public func flipped(_ dimension: Int) throws(TorchError) -> Tensor {
    try Tensor("flip", self) { ctorch_flip($0, Int64(dimension), &$1) }
  }

  /// Each element `repeats` times in a row along `dimension`.
  public func repeated(_ repeats: Int, along dimension: Int) throws(TorchError) -> Tensor {
    try Tensor("repeat", self) {
      ctorch_repeat_interleave($0, Int64(repeats), Int64(dimension), &$1)
    }
  }

  /// One after the other along `dimension`.
  public static func concatenated(_ tensors: [Tensor], along dimension: Int = 0)
    throws(TorchError) -> Tensor
  {
    try Tensor("concatenate along \(dimension)", tensors) {
      ctorch_cat($0, $1, Int64(dimension), &$2)
    }
  }

  /// Side by side along a new dimension.
  public static func stacked(_ tensors: [Tensor], along dimension: Int = 0)
    throws(TorchError) -> Tensor
  {
    try Tensor("stack along \(dimension)", tensors) {
      ctorch_stack($0, $1, Int64(dimension), &$2)
    }
  }

  /// Zeros around the last two dimensions.
  public func padded(left: Int = 0, right: Int = 0, top: Int = 0, bottom: Int = 0)
    throws(TorchError) -> Tensor
  {
    try Tensor("pad", self) { x, result in
      [left, right, top, bottom].withSizes { ctorch_pad(x, $0, $1, &result) }
    }
  }
}
