import Foundation
import TestSupport
import Testing
import Torch

/// Arithmetic and reductions against values worked out by hand or by Foundation.
struct ArithmeticTests {
  /// A function of one number, as an operation on tensors and as plain arithmetic.
  struct Function: Sendable, CustomTestStringConvertible {
    let name: String
    let values: [Double]
    let operation: @Sendable (Tensor) throws -> Tensor
    let expected: @Sendable (Double) -> Double

    var testDescription: String { name }
  }

  private static let positive = [0.1, 0.5, 1, 2, 9.0]

  static let functions: [Function] = {
    // One by one: the type checker gives up on a list of formulas.
    var functions: [Function] = []
    func add(
      _ name: String, on values: [Double] = [-2.5, -1, -0.3, 0, 0.7, 1, 3],
      _ operation: @escaping @Sendable (Tensor) throws -> Tensor,
      _ expected: @escaping @Sendable (Double) -> Double
    ) {
      functions.append(
        Function(name: name, values: values, operation: operation, expected: expected))
    }
    add("negated", { try $0.negated() }, { -$0 })
    add("magnitude", { try $0.magnitude() }, { abs($0) })
    add("square root", on: positive, { try $0.squareRoot() }, { $0.squareRoot() })
    add("1/√x", on: positive, { try $0.reciprocalSquareRoot() }, { 1 / $0.squareRoot() })
    add("exp", { try $0.exp() }, { exp($0) })
    add("log", on: positive, { try $0.log() }, { log($0) })
    add("sin", { try $0.sin() }, { sin($0) })
    add("cos", { try $0.cos() }, { cos($0) })
    add("tanh", { try $0.tanh() }, { tanh($0) })
    add("sigmoid", { try $0.sigmoid() }, { 1 / (1 + exp(-$0)) })
    add("relu", { try $0.relu() }, { max($0, 0) })
    add("silu", { try $0.silu() }, { $0 / (1 + exp(-$0)) })
    add("gelu", { try $0.gelu() }, { $0 / 2 * erfc(-$0 / 2.0.squareRoot()) })
    add(
      "gelu by tanh", { try $0.gelu(tanh: true) },
      { x in
        let inner: Double = (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)
        return x / 2 * (1 + tanh(inner))
      })
    add(
      "rounded", on: [-2.5, -1.5, -0.5, 0.4, 0.5, 1.5, 2.5], { try $0.rounded() },
      { $0.rounded(.toNearestOrEven) })
    add("cubed", { try $0.pow(3) }, { $0 * $0 * $0 })
    add("clamped", { try $0.clamped(to: -1...0.5) }, { min(max($0, -1), 0.5) })
    add("x + 2", { try $0 + 2 }, { $0 + 2 })
    add("2 + x", { try 2 + $0 }, { $0 + 2 })
    add("x − 2", { try $0 - 2 }, { $0 - 2 })
    add("2 − x", { try 2 - $0 }, { 2 - $0 })
    add("x · 3", { try $0 * 3 }, { $0 * 3 })
    add("3 · x", { try 3 * $0 }, { $0 * 3 })
    add("x / 4", { try $0 / 4 }, { $0 / 4 })
    add("4 / x", on: positive, { try 4 / $0 }, { 4 / $0 })
    return functions
  }()

  @Test("a function of one number is that function", arguments: functions)
  func function(_ function: Function) throws {
    let expected = function.values.map(function.expected)
    let double = try function.operation(Tensor(function.values, shape: [function.values.count]))
    #expect(double.dtype == .float64)
    for (found, expected) in zip(try double.doubles(), expected) {
      #expect(abs(found - expected) < 1e-12)
    }
    let single = try function.operation(
      Tensor(function.values.map(Float.init), shape: [function.values.count]))
    #expect(single.dtype == .float32)
    for (found, expected) in zip(try single.doubles(), expected) {
      #expect(abs(found - expected) <= 2e-6 * max(1, abs(expected)))
    }
  }

  @Test("two tensors are combined element by element, and shapes broadcast")
  func pairs() throws {
    let a = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    let b = try Tensor([10, 20, 30] as [Float], shape: [3])
    #expect(try (a + b).floats() == [11, 22, 33, 14, 25, 36])
    #expect(try (a - b).floats() == [-9, -18, -27, -6, -15, -24])
    #expect(try (a * b).floats() == [10, 40, 90, 40, 100, 180])
    #expect(try (b / a).floats() == [10, 10, 10, 2.5, 4, 5])
    let column = try Tensor([2, 5] as [Float], shape: [2, 1])
    #expect(try a.maximum(column).floats() == [2, 2, 3, 5, 5, 6])
    #expect(try a.minimum(column).floats() == [1, 2, 2, 4, 5, 5])
  }

  @Test(
    "scalars keep the tensor's type", arguments: [DType.float32, .bfloat16, .float16, .float64])
  func scalarTypes(_ dtype: DType) throws {
    let x = try Tensor.ones([2], dtype: dtype)
    for result in try [x + 0.5, x * 0.5, 0.5 - x, 0.5 / x, x / 3] {
      #expect(result.dtype == dtype)
    }
  }

  @Test("sums, means and extremes, of all elements and along dimensions")
  func reductions() throws {
    let x = try Tensor([1, 2, 3, 4, 5, 9] as [Float], shape: [2, 3])
    #expect(try x.sum().item() == 24)
    #expect(try x.sum().shape == [])
    #expect(try x.mean().item() == 4)
    #expect(try x.max().item() == 9)
    #expect(try x.min().item() == 1)
    #expect(try x.sum(along: [0]).floats() == [5, 7, 12])
    #expect(try x.sum(along: [-1]).floats() == [6, 18])
    #expect(try x.sum(along: [0, 1]).item() == 24)
    #expect(try x.mean(along: [1], keepingDimensions: true).shape == [2, 1])
    #expect(try x.mean(along: [1]).floats() == [2, 6])
    #expect(try x.argmax(along: 1).integers() == [2, 2])
    #expect(try x.argmax(along: 0).integers() == [1, 1, 1])
    #expect(try Tensor([3, 4] as [Float], shape: [2]).norm().item() == 5)
  }

  @Test("softmax sums to one, and log-softmax is its logarithm")
  func softmax() throws {
    let x = try Tensor([0, 1, 2, -1, 5, 5] as [Double], shape: [2, 3])
    let probabilities = try x.softmax(along: 1)
    for total in try probabilities.sum(along: [1]).doubles() { #expect(abs(total - 1) < 1e-14) }
    let scale = 1 + exp(1.0) + exp(2.0)
    #expect(abs(try probabilities.doubles()[2] - exp(2.0) / scale) < 1e-14)
    #expect(try relativeError(x.logSoftmax(along: 1), probabilities.log()) < 1e-14)
    // Large values do not overflow.
    let large = try Tensor([1000, 1000] as [Float], shape: [2])
    #expect(try large.softmax(along: 0).floats() == [0.5, 0.5])
  }

  @Test("finite, infinite and NaN are told apart", arguments: [DType.float32, .bfloat16, .float16])
  func finite(_ dtype: DType) throws {
    #expect(try Tensor([1, -2] as [Float], shape: [2]).to(dtype).isFinite())
    for bad in [Float.infinity, -.infinity, .nan] {
      #expect(try !Tensor([1, bad] as [Float], shape: [2]).to(dtype).isFinite())
    }
  }

  @Test("tensors are equal where shape and elements are")
  func equality() throws {
    let x = try Tensor([1, 2] as [Float], shape: [2])
    #expect(try x.isEqual(to: Tensor([1, 2] as [Float], shape: [2])))
    #expect(try !x.isEqual(to: Tensor([1, 3] as [Float], shape: [2])))
    #expect(try !x.isEqual(to: x.reshaped([1, 2])))
  }
}
