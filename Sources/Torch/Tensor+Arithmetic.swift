internal import CTorch

/// Arithmetic, element by element. Shapes broadcast; scalars keep the tensor's type.
extension Tensor {
  /// `−x`, element by element.
  public func negated() throws(TorchError) -> Tensor {
    try Tensor("neg", self) { ctorch_neg($0, &$1) }
  }

  /// `|x|`, element by element.
  public func magnitude() throws(TorchError) -> Tensor {
    try Tensor("abs", self) { ctorch_abs($0, &$1) }
  }

  /// `√x`, element by element.
  public func squareRoot() throws(TorchError) -> Tensor {
    try Tensor("sqrt", self) { ctorch_sqrt($0, &$1) }
  }

  /// `1/√x`, element by element.
  public func reciprocalSquareRoot() throws(TorchError) -> Tensor {
    try Tensor("rsqrt", self) { ctorch_rsqrt($0, &$1) }
  }

  /// `eˣ`, element by element.
  public func exp() throws(TorchError) -> Tensor {
    try Tensor("exp", self) { ctorch_exp($0, &$1) }
  }

  /// `ln x`, element by element.
  public func log() throws(TorchError) -> Tensor {
    try Tensor("log", self) { ctorch_log($0, &$1) }
  }

  /// `sin x`, x in radians, element by element.
  public func sin() throws(TorchError) -> Tensor {
    try Tensor("sin", self) { ctorch_sin($0, &$1) }
  }

  /// `cos x`, x in radians, element by element.
  public func cos() throws(TorchError) -> Tensor {
    try Tensor("cos", self) { ctorch_cos($0, &$1) }
  }

  /// `tanh x`, element by element.
  public func tanh() throws(TorchError) -> Tensor {
    try Tensor("tanh", self) { ctorch_tanh($0, &$1) }
  }

  /// `σ(x) = 1/(1 + e⁻ˣ)`, element by element.
  public func sigmoid() throws(TorchError) -> Tensor {
    try Tensor("sigmoid", self) { ctorch_sigmoid($0, &$1) }
  }

  /// `max(x, 0)`, element by element.
  public func relu() throws(TorchError) -> Tensor {
    try Tensor("relu", self) { ctorch_relu($0, &$1) }
  }

  /// `x · σ(x)`, element by element.
  public func silu() throws(TorchError) -> Tensor {
    try Tensor("silu", self) { ctorch_silu($0, &$1) }
  }

  /// the nearest integer, halves to even, element by element.
  public func rounded() throws(TorchError) -> Tensor {
    try Tensor("round", self) { ctorch_round($0, &$1) }
  }

  /// `x · Φ(x)`; with `tanh`, its usual approximation.
  public func gelu(tanh: Bool = false) throws(TorchError) -> Tensor {
    try Tensor("gelu", self) { ctorch_gelu($0, tanh, &$1) }
  }

  /// `x` raised to `exponent`.
  public func pow(_ exponent: Double) throws(TorchError) -> Tensor {
    try Tensor("pow", self) { ctorch_pow($0, exponent, &$1) }
  }

  /// `x`, but no less than `range`'s lower bound and no more than its upper one.
  public func clamped(to range: ClosedRange<Double>) throws(TorchError) -> Tensor {
    try Tensor("clamp", self) { ctorch_clamp($0, range.lowerBound, range.upperBound, &$1) }
  }

  /// The larger of the two.
  public func maximum(_ other: Tensor) throws(TorchError) -> Tensor {
    try Tensor("maximum", self, other) { ctorch_maximum($0, $1, &$2) }
  }

  /// The smaller of the two.
  public func minimum(_ other: Tensor) throws(TorchError) -> Tensor {
    try Tensor("minimum", self, other) { ctorch_minimum($0, $1, &$2) }
  }

  /// Whether no element is an infinity or not a number.
  public func isFinite() throws(TorchError) -> Bool {
    guard count > 0 else { return true }
    // libtorch has no isfinite for the 8-bit types.
    let x = dtype.isFloatingPoint && dtype.size == 1 ? try to(.float32) : self
    return try Tensor("isfinite", x) { ctorch_isfinite($0, &$1) }.to(.float32).min().item() == 1
  }

  /// Whether both have the same shape and the same elements.
  public func isEqual(to other: Tensor) throws(TorchError) -> Bool {
    guard shape == other.shape else { return false }
    var equal = false
    try check(ctorch_equal(handle, other.handle, &equal), "equal", [self, other])
    return equal
  }

  /// The sum, element by element; shapes broadcast.
  public static func + (a: Tensor, b: Tensor) throws(TorchError) -> Tensor {
    try Tensor("add", a, b) { ctorch_add($0, $1, &$2) }
  }

  /// The difference, element by element; shapes broadcast.
  public static func - (a: Tensor, b: Tensor) throws(TorchError) -> Tensor {
    try Tensor("sub", a, b) { ctorch_sub($0, $1, &$2) }
  }

  /// The product, element by element; shapes broadcast.
  public static func * (a: Tensor, b: Tensor) throws(TorchError) -> Tensor {
    try Tensor("mul", a, b) { ctorch_mul($0, $1, &$2) }
  }

  /// The quotient, element by element; shapes broadcast.
  public static func / (a: Tensor, b: Tensor) throws(TorchError) -> Tensor {
    try Tensor("div", a, b) { ctorch_div($0, $1, &$2) }
  }

  /// The sum of each element and a number.
  public static func + (a: Tensor, b: Double) throws(TorchError) -> Tensor {
    try Tensor("add", a) { ctorch_add_scalar($0, b, &$1) }
  }

  /// The difference of each element and a number.
  public static func - (a: Tensor, b: Double) throws(TorchError) -> Tensor {
    try Tensor("sub", a) { ctorch_add_scalar($0, -b, &$1) }
  }

  /// The product of each element and a number.
  public static func * (a: Tensor, b: Double) throws(TorchError) -> Tensor {
    try Tensor("mul", a) { ctorch_mul_scalar($0, b, &$1) }
  }

  /// The quotient of each element and a number.
  public static func / (a: Tensor, b: Double) throws(TorchError) -> Tensor {
    try Tensor("div", a) { ctorch_div_scalar($0, b, &$1) }
  }

  /// The sum of a number and each element.
  public static func + (a: Double, b: Tensor) throws(TorchError) -> Tensor { try b + a }

  /// The product of a number and each element.
  public static func * (a: Double, b: Tensor) throws(TorchError) -> Tensor { try b * a }

  /// The difference of a number and each element.
  public static func - (a: Double, b: Tensor) throws(TorchError) -> Tensor {
    try Tensor("sub", b) { ctorch_scalar_sub(a, $0, &$1) }
  }

  /// The quotient of a number and each element.
  public static func / (a: Double, b: Tensor) throws(TorchError) -> Tensor {
    try Tensor("div", b) { ctorch_scalar_div(a, $0, &$1) }
  }
}
