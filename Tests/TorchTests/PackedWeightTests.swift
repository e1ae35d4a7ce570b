import TestSupport
import Testing
import Torch

/// Packed kernels against eager ones, on the same numbers.
@Suite(.enabled(if: Machine.hasPackedKernels, "this libtorch was built without oneDNN"))
struct PackedWeightTests {
  /// Differences in the order of fp32 sums.
  private static let single = 1e-5

  /// Each result is rounded once to 8 significant bits: at most 2⁻⁹ of it, and once more in the
  /// eager path.
  private static let half = 1.0 / 256

  struct LinearCase: Sendable, CustomTestStringConvertible {
    let input: Int
    let output: Int
    let shape: [Int]
    let hasBias: Bool

    var testDescription: String {
      "\(shape) · [\(output), \(input)]\(hasBias ? " + bias" : "")"
    }
  }

  static let linearCases: [LinearCase] = {
    var cases: [LinearCase] = []
    for (input, output) in [(128, 128), (320, 96), (37, 61), (1, 9), (64, 1), (768, 77)] {
      for rows in [1, 2, 3, 16, 77, 127, 128, 300] {
        cases.append(
          LinearCase(
            input: input, output: output, shape: [rows, input], hasBias: rows % 2 == 1))
      }
      for batch in 1...3 {
        cases.append(
          LinearCase(input: input, output: output, shape: [batch, 33, input], hasBias: true))
      }
    }
    return cases
  }()

  struct ConvolutionCase: Sendable, CustomTestStringConvertible {
    let input: Int
    let output: Int
    let kernel: Int
    let stride: Int
    let padding: Int
    let image: [Int]

    var testDescription: String {
      "\(image) * [\(output), \(input), \(kernel), \(kernel)] stride \(stride) padding \(padding)"
    }
  }

  static let convolutionCases: [ConvolutionCase] = {
    var cases: [ConvolutionCase] = []
    for (input, output) in [(4, 32), (32, 32), (48, 40), (17, 3)] {
      for (kernel, stride, padding) in [(3, 1, 1), (3, 2, 1), (3, 2, 0), (3, 1, 0), (2, 2, 0)] {
        for (batch, height, width) in [(1, 8, 8), (2, 9, 15), (3, 5, 7), (1, 3, 64), (2, 16, 4)] {
          cases.append(
            ConvolutionCase(
              input: input, output: output, kernel: kernel, stride: stride, padding: padding,
              image: [batch, input, height, width]))
        }
      }
    }
    return cases
  }()

  @Test("a packed linear layer is the eager one in fp32", arguments: linearCases)
  func linear(_ test: LinearCase) throws { try compare(test, .float32, Self.single) }

  @Test(
    "a packed linear layer is the eager one in bf16",
    .enabled(if: Machine.hasFastBFloat16, "this processor has no bf16 arithmetic"),
    arguments: linearCases)
  func linearInHalf(_ test: LinearCase) throws { try compare(test, .bfloat16, Self.half) }

  @Test("a packed convolution is the eager one in fp32", arguments: convolutionCases)
  func convolution(_ test: ConvolutionCase) throws { try compare(test, .float32, Self.single) }

  @Test(
    "a packed convolution is the eager one in bf16",
    .enabled(if: Machine.hasFastBFloat16, "this processor has no bf16 arithmetic"),
    arguments: convolutionCases)
  func convolutionInHalf(_ test: ConvolutionCase) throws { try compare(test, .bfloat16, Self.half) }

  @Test("one pack serves inputs of every size")
  func reuse() throws {
    let generator = try Generator(seed: 5)
    let weight = try generator.normal([96, 160])
    let packed = try PackedWeight.linear(packing: weight)
    for rows in [300, 1, 77, 2, 128] {
      let x = try generator.normal([rows, 160])
      #expect(try relativeError(packed(x, bias: nil), x.linear(weight)) < Self.single)
    }
  }

  @Test("an activation is applied to the result")
  func activations() throws {
    let generator = try Generator(seed: 6)
    let (weight, bias) = try (generator.normal([96, 160]), generator.normal([96]))
    let x = try generator.normal([5, 160]) * 0.1
    let packed = try PackedWeight.linear(packing: weight)
    let plain = try x.linear(weight, bias: bias)
    for (activation, expected) in try [
      (FusedActivation.none, plain), (.silu, plain.silu()), (.gelu, plain.gelu()),
      (.geluTanh, plain.gelu(tanh: true)),
    ] {
      let found = try packed(x, bias: bias, activation: activation)
      #expect(try relativeError(found, expected) < Self.single)
    }
  }

  private func compare(_ test: LinearCase, _ dtype: DType, _ tolerance: Double) throws {
    let generator = try Generator(seed: 1)
    let weight = try generator.normal([test.output, test.input]).to(dtype)
    let bias = test.hasBias ? try generator.normal([test.output]).to(dtype) : nil
    let x = try generator.normal(test.shape).to(dtype)
    let packed = try PackedWeight.linear(packing: weight)
    let found = try packed(x, bias: bias)
    #expect(found.dtype == dtype)
    #expect(try relativeError(found, x.linear(weight, bias: bias)) < tolerance)
  }

  private func compare(_ test: ConvolutionCase, _ dtype: DType, _ tolerance: Double) throws {
    let generator = try Generator(seed: 2)
    let weight = try generator.normal([test.output, test.input, test.kernel, test.kernel])
      .to(dtype)
    let bias = try generator.normal([test.output]).to(dtype)
    let x = try generator.normal(test.image).to(dtype)
    let packed = try PackedWeight.convolution(
      packing: weight, stride: test.stride, padding: test.padding)
    let found = try packed(x.channelsLast(), bias: bias)
    let expected = try x.convolution(
      weight, bias: bias, stride: test.stride, padding: test.padding)
    #expect(found.dtype == dtype)
    #expect(try relativeError(found, expected) < tolerance)
  }
}
