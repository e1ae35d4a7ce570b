internal import CTorch

/// An array of numbers of one type and shape on one device: a handle to a libtorch tensor.
///
/// Operations never change their operands (`assign(_:)` is the exception and says so). Results may
/// share memory with an operand where only the shape changes. A tensor lives on one task: it is not
/// `Sendable`.
public final class Tensor {
  let handle: CTensor

  init(owning handle: CTensor) {
    self.handle = handle
  }

  deinit {
    ctorch_tensor_free(handle)
  }

  /// The size along each dimension, outermost first.
  public var shape: [Int] {
    (0..<ctorch_rank(handle)).map { Int(ctorch_size(handle, $0)) }
  }

  /// The number of dimensions.
  public var rank: Int { ctorch_rank(handle) }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// What one element is.
  public var dtype: DType {
    DType(code: ctorch_type(handle))
  }

  /// Where the bytes lie.
  public var device: Device { Device(code: ctorch_device(handle)) }

  /// Whether `gradients(of:withRespectTo:)` can reach this tensor.
  public var requiresGradient: Bool { ctorch_requires_gradient(handle) }

  /// Type and shape as messages show them, such as `F32 [2, 4]`.
  public var summary: String { "\(dtype.rawValue) \(shape)" }
}

@available(*, unavailable)
extension Tensor: Sendable {}

/// The one door to libtorch: it keeps the operands alive across the call and turns a status into an
/// error.
extension Tensor {
  convenience init(
    _ operation: String, of operands: [Tensor], _ body: (inout CTensor) -> CTorchStatus
  ) throws(TorchError) {
    var result = CTensor()
    let status = withExtendedLifetime(operands) { body(&result) }
    try check(status, operation, operands)
    self.init(owning: result)
  }

  convenience init(
    _ operation: String, _ a: Tensor, _ body: (CTensor, inout CTensor) -> CTorchStatus
  ) throws(TorchError) {
    try self.init(operation, of: [a]) { body(a.handle, &$0) }
  }

  convenience init(
    _ operation: String, _ a: Tensor, _ b: Tensor,
    _ body: (CTensor, CTensor, inout CTensor) -> CTorchStatus
  ) throws(TorchError) {
    try self.init(operation, of: [a, b]) { body(a.handle, b.handle, &$0) }
  }

  /// For operations whose last operand may be absent.
  convenience init(
    _ operation: String, _ a: Tensor, _ b: Tensor, optional c: Tensor?,
    _ body: (CTensor, CTensor, UnsafePointer<CTensor>?, inout CTensor) -> CTorchStatus
  ) throws(TorchError) {
    try self.init(operation, of: [a, b] + (c.map { [$0] } ?? [])) { result in
      guard let c else { return body(a.handle, b.handle, nil, &result) }
      return withUnsafePointer(to: c.handle) { body(a.handle, b.handle, $0, &result) }
    }
  }

  convenience init(
    _ operation: String, _ list: [Tensor],
    _ body: (UnsafePointer<CTensor>, Int, inout CTensor) -> CTorchStatus
  ) throws(TorchError) {
    guard !list.isEmpty else {
      throw .operation(operation, operands: [], text: "the list is empty")
    }
    let handles = list.map(\.handle)
    try self.init(operation, of: list) { result in
      handles.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return CTORCH_FAILED }
        return body(base, buffer.count, &result)
      }
    }
  }
}

/// Turns a status into an error that names the operation and its operands.
func check(_ status: CTorchStatus, _ operation: String, _ operands: [Tensor] = [])
  throws(TorchError)
{
  guard status != CTORCH_OK else { return }
  let text = firstLine(String(cString: ctorch_last_error()))
  let summaries = operands.map(\.summary)
  throw status == CTORCH_OUT_OF_MEMORY
    ? .outOfMemory(operation, operands: summaries, text: text)
    : .operation(operation, operands: summaries, text: text)
}

private func firstLine(_ text: String) -> String {
  text.split(separator: "\n", maxSplits: 1).first.map(String.init) ?? "no reason given"
}

extension [Int] {
  /// Sizes as libtorch wants them.
  func withSizes<R>(_ body: (UnsafePointer<Int64>, Int) -> R) -> R {
    let sizes = map(Int64.init) + [0]
    return sizes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else {
        preconditionFailure("a non-empty array has a base address")
      }
      return body(base, count)
    }
  }
}

extension DType {
  var code: CTorchType {
    switch self {
    case .float64: CTORCH_FLOAT64
    case .float32: CTORCH_FLOAT32
    case .float16: CTORCH_FLOAT16
    case .bfloat16: CTORCH_BFLOAT16
    case .float8E4M3: CTORCH_FLOAT8_E4M3
    case .float8E5M2: CTORCH_FLOAT8_E5M2
    case .int64: CTORCH_INT64
    case .int32: CTORCH_INT32
    case .int16: CTORCH_INT16
    case .int8: CTORCH_INT8
    case .uint8: CTORCH_UINT8
    case .bool: CTORCH_BOOL
    }
  }

  /// Only types of this enumeration are ever made, so every code has its case.
  init(code: CTorchType) {
    guard let type = DType.allCases.first(where: { $0.code == code }) else {
      preconditionFailure("libtorch made a tensor of a type that is not in DType")
    }
    self = type
  }
}
