internal import CTorch

/// Making tensors, and reading their numbers.
extension Tensor {
  /// Elements of `shape`, whatever memory held before.
  public static func empty(
    _ shape: [Int], dtype: DType = .float32, device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try Tensor("empty \(shape)", of: []) { result in
      shape.withSizes { ctorch_empty($0, $1, dtype.code, device.code, &result) }
    }
  }

  /// Elements of `shape`, all equal to `value`.
  public static func full(
    _ shape: [Int], _ value: Double, dtype: DType = .float32, device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try Tensor("full \(shape)", of: []) { result in
      shape.withSizes { ctorch_full($0, $1, value, dtype.code, device.code, &result) }
    }
  }

  /// Zeros of `shape`.
  public static func zeros(
    _ shape: [Int], dtype: DType = .float32, device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try full(shape, 0, dtype: dtype, device: device)
  }

  /// Ones of `shape`.
  public static func ones(
    _ shape: [Int], dtype: DType = .float32, device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try full(shape, 1, dtype: dtype, device: device)
  }

  /// The integers of `range`, `I64 [N]`.
  public static func arange(_ range: Range<Int>, device: Device = .cpu) throws(TorchError)
    -> Tensor
  {
    try Tensor("arange", of: []) {
      ctorch_arange(Int64(range.lowerBound), Int64(range.upperBound), device.code, &$0)
    }
  }

  /// A copy of `values`, row-major.
  public convenience init(_ values: [Float], shape: [Int]) throws(TorchError) {
    try self.init(copying: values, .float32, shape)
  }

  /// A copy of `values`, row-major, in double precision.
  public convenience init(_ values: [Double], shape: [Int]) throws(TorchError) {
    try self.init(copying: values, .float64, shape)
  }

  /// A copy of `values`, row-major, as `I64`.
  public convenience init(_ values: [Int], shape: [Int]) throws(TorchError) {
    try self.init(copying: values, .int64, shape)
  }

  /// A copy of `values`, row-major, as `U8`.
  public convenience init(_ values: [UInt8], shape: [Int]) throws(TorchError) {
    try self.init(copying: values, .uint8, shape)
  }

  private convenience init<Element>(copying values: [Element], _ dtype: DType, _ shape: [Int])
    throws(TorchError)
  {
    guard values.count == shape.reduce(1, *) else {
      throw .operation(
        "tensor", operands: ["\(dtype.rawValue) \(shape)"],
        text: "\(values.count) values were given for \(shape.reduce(1, *)) elements")
    }
    var result = CTensor()
    let status = values.withUnsafeBytes { bytes in
      shape.withSizes { ctorch_copy_bytes_in(bytes.baseAddress, $0, $1, dtype.code, &result) }
    }
    try check(status, "tensor \(shape)")
    self.init(owning: result)
  }

  /// A view of bytes that `owner` keeps alive: nothing is copied, and a change in place changes the
  /// owner's bytes.
  ///
  /// - Parameters:
  ///   - bytes: the first element, aligned to the element's size.
  ///   - strides: elements to skip along each dimension; row-major when nil.
  package convenience init(
    borrowing bytes: UnsafeMutableRawPointer, shape: [Int], strides: [Int]? = nil, dtype: DType,
    owner: AnyObject
  ) throws(TorchError) {
    let retained = Unmanaged.passRetained(owner).toOpaque()
    let release: @convention(c) (UnsafeMutableRawPointer) -> Void = {
      Unmanaged<AnyObject>.fromOpaque($0).release()
    }
    var result = CTensor()
    let status = shape.withSizes { sizes, rank in
      guard let strides else {
        return ctorch_borrow(bytes, sizes, nil, rank, dtype.code, retained, release, &result)
      }
      return strides.withSizes { steps, _ in
        ctorch_borrow(bytes, sizes, steps, rank, dtype.code, retained, release, &result)
      }
    }
    try check(status, "borrow \(shape)")
    self.init(owning: result)
  }

  /// The elements as 32-bit floats, row-major, whatever the type.
  public func floats() throws(TorchError) -> [Float] {
    try copied(as: .float32, zero: Float(0))
  }

  /// The elements as doubles, row-major, whatever the type.
  public func doubles() throws(TorchError) -> [Double] {
    try copied(as: .float64, zero: Double(0))
  }

  /// The elements as integers, row-major; fractions are cut off.
  public func integers() throws(TorchError) -> [Int] {
    try copied(as: .int64, zero: 0)
  }

  /// The elements as bytes 0…255, row-major; fractions are cut off.
  public func bytes() throws(TorchError) -> [UInt8] {
    try copied(as: .uint8, zero: UInt8(0))
  }

  /// The only element of a tensor that has one.
  public func item() throws(TorchError) -> Double {
    let values = try doubles()
    guard values.count == 1 else {
      throw .operation(
        "item", operands: [summary], text: "it has \(values.count) elements, not one")
    }
    return values[0]
  }

  private func copied<Element>(as dtype: DType, zero: Element) throws(TorchError) -> [Element] {
    // First to the CPU: Apple's GPU has no doubles to convert to.
    let converted = try to(device: .cpu).to(dtype)
    var values = [Element](repeating: zero, count: converted.count)
    let status = values.withUnsafeMutableBytes { buffer in
      guard let base = buffer.baseAddress, !buffer.isEmpty else { return CTORCH_OK }
      return ctorch_copy_bytes_out(converted.handle, base, buffer.count)
    }
    try check(status, "read", [self])
    return values
  }

  /// Lends the bytes of a contiguous CPU tensor, row-major.
  package func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    let plain = try to(device: .cpu).contiguous()
    var base: UnsafeMutableRawPointer?
    try check(ctorch_data(plain.handle, &base), "bytes", [plain])
    return try withExtendedLifetime(plain) {
      try body(UnsafeRawBufferPointer(start: base, count: plain.count * plain.dtype.size))
    }
  }
}
