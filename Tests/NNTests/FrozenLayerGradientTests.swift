import NN
import TestSupport
import Testing
import Torch

/// Layers large enough to be packed: packed without gradients, eager with them, and the same
/// numbers both ways.
struct FrozenLayerGradientTests {
  enum Layer: String, CaseIterable, Sendable {
    case linear
    case convolution
    case strided
    case pointwise

    var inputShape: [Int] { self == .linear ? [2, 3, 144] : [2, 48, 6, 5] }

    var weightShape: [Int] {
      switch self {
      case .linear: [128, 144]
      case .convolution, .strided: [40, 48, 3, 3]
      case .pointwise: [352, 48, 1, 1]
      }
    }

    func make(_ weights: Weights) throws -> (Tensor) throws -> Tensor {
      switch self {
      case .linear:
        let layer = try Linear(weights, from: 144, to: 128)
        return { try layer($0) }
      case .convolution:
        return try Conv2d(weights, from: 48, to: 40, kernel: 3, padding: 1).callAsFunction
      case .strided:
        return try Conv2d(weights, from: 48, to: 40, kernel: 3, stride: 2, padding: 1)
          .callAsFunction
      case .pointwise:
        return try Conv2d(weights, from: 48, to: 352, kernel: 1).callAsFunction
      }
    }

    func load() throws -> (Tensor) throws -> Tensor {
      let shapes = ["weight": weightShape, "bias": [weightShape[0]]]
      return try make(weights(draws(shapes, scale: 0.1)))
    }
  }

  @Test(
    "an input that wants gradients goes the eager way, with the same result",
    arguments: Layer.allCases)
  func forward(_ layer: Layer) throws {
    let function = try layer.load()
    let x = try Generator(seed: 9).normal(layer.inputShape)
    let packed = try function(x)
    #expect(!packed.requiresGradient)
    let eager = try function(x.trainable())
    #expect(eager.requiresGradient)
    #expect(try relativeError(packed, eager) < 1e-5)
    // And back: the weight that the pack gave up is found again.
    #expect(try function(x).isEqual(to: packed))
    let unrecorded = try withoutGradients { try function(x.trainable()) }
    #expect(!unrecorded.requiresGradient)
    #expect(try unrecorded.isEqual(to: packed))
  }

  @Test("the gradient of the input is its slope in every direction", arguments: Layer.allCases)
  func gradient(_ layer: Layer) throws {
    let function = try layer.load()
    let generator = try Generator(seed: 9)
    let x = try generator.normal(layer.inputShape)
    // Quadratic, so that differences are exact for any step, and a step of 1 loses no digits.
    func loss(_ x: Tensor) throws -> Tensor { try function(x).pow(2).mean() }
    for _ in 0..<3 {
      let direction = try generator.normal(layer.inputShape)
      let measured = try slope(of: loss, at: x, along: direction, step: 1)
      let computed = try slopeFromGradient(of: loss, at: x, along: direction)
      #expect(abs(measured - computed) < 1e-3 * max(abs(computed), 0.1))
    }
  }

  @Test(
    "in bf16 the packed and the eager way differ by rounding alone",
    .enabled(if: Machine.hasFastBFloat16, "this processor has no bf16 arithmetic"),
    arguments: Layer.allCases)
  func bfloat16(_ layer: Layer) throws {
    let shapes = ["weight": layer.weightShape, "bias": [layer.weightShape[0]]]
    let root = try weights(draws(shapes, scale: 0.1), placement: Placement(dtype: .bfloat16))
    let function = try layer.make(root)
    let x = try Generator(seed: 9).normal(layer.inputShape).to(.bfloat16)
    let packed = try function(x)
    #expect(packed.dtype == .bfloat16)
    #expect(try relativeError(packed, function(x.trainable())) < 1.0 / 256)
  }
}
