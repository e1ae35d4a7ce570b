internal import CTorch

/// Changes of type, device and layout. Each returns the tensor itself where nothing is to change.
extension Tensor {
  /// The same numbers as `dtype` on `device`.
  public func to(_ dtype: DType, device: Device) throws(TorchError) -> Tensor {
    if dtype == self.dtype && device == self.device { return self }
    return try Tensor("to \(dtype.rawValue) on \(device)", self) {
      ctorch_to($0, dtype.code, device.code, &$1)
    }
  }

  /// The same numbers as `dtype`.
  public func to(_ dtype: DType) throws(TorchError) -> Tensor {
    try to(dtype, device: device)
  }

  /// The same numbers on `device`.
  public func to(device: Device) throws(TorchError) -> Tensor {
    try to(dtype, device: device)
  }

  /// Row-major in memory.
  public func contiguous() throws(TorchError) -> Tensor {
    try Tensor("contiguous", self) { ctorch_contiguous($0, &$1) }
  }

  /// `[B, C, H, W]` with the channels innermost in memory, as convolutions like it.
  public func channelsLast() throws(TorchError) -> Tensor {
    try Tensor("channels-last", self) { ctorch_channels_last($0, &$1) }
  }

  /// A copy with memory of its own.
  public func clone() throws(TorchError) -> Tensor {
    try Tensor("clone", self) { ctorch_clone($0, &$1) }
  }

  /// The same memory, cut off from gradients.
  public func detached() throws(TorchError) -> Tensor {
    try Tensor("detach", self) { ctorch_detach($0, &$1) }
  }

  /// The same memory as a point that gradients are asked for.
  public func trainable() throws(TorchError) -> Tensor {
    try Tensor("trainable", self) { ctorch_leaf($0, &$1) }
  }

  /// Bytes, `U8 [N]`, read as elements of `dtype` in row-major order.
  package func reinterpreted(as dtype: DType, shape: [Int]) throws(TorchError) -> Tensor {
    let elements = try Tensor("reinterpret as \(dtype.rawValue)", self) {
      ctorch_reinterpret($0, dtype.code, &$1)
    }
    return try elements.reshaped(shape)
  }

  /// Writes `value` into this tensor's memory; everything that shares the memory sees it.
  public func assign(_ value: Tensor) throws(TorchError) {
    try check(ctorch_assign(handle, value.handle), "assign", [self, value])
  }
}
