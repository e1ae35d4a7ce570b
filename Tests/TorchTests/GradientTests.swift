import TestSupport
import Testing
import Torch

/// Gradients against derivatives known by hand, and against finite differences.
struct GradientTests {
  private struct Stop: Error {}

  @Test("gradients of known functions")
  func known() throws {
    let x = try Tensor([1, 2, 3] as [Double], shape: [3]).trainable()
    let y = try Tensor([4, 5, 6] as [Double], shape: [3]).trainable()
    let loss = try (x * x * y).sum()
    #expect(loss.requiresGradient)
    let found = try gradients(of: loss, withRespectTo: [y, x])
    #expect(try found[0].doubles() == [1, 4, 9])
    #expect(try found[1].doubles() == [8, 20, 36])
    let slope = try gradients(of: x.exp().sum(), withRespectTo: [x])[0]
    #expect(try relativeError(slope, x.exp()) < 1e-14)
  }

  @Test("no inputs have no gradients")
  func noInputs() throws {
    let x = try Tensor.ones([1]).trainable()
    #expect(try gradients(of: x.sum(), withRespectTo: []).isEmpty)
  }

  @Test("an input that took no part in the loss is an error")
  func unused() throws {
    let (x, y) = try (Tensor.ones([2]).trainable(), Tensor.ones([2]).trainable())
    let text = message { try gradients(of: x.sum(), withRespectTo: [x, y]) }
    #expect(text.hasPrefix("gradients cannot be done on F32 []: "))
  }

  @Test("a loss of several elements, or one that depends on nothing, is an error")
  func noScalar() throws {
    let x = try Tensor.ones([2]).trainable()
    #expect(
      message { try gradients(of: x * 2, withRespectTo: [x]) }
        .hasPrefix("gradients cannot be done on F32 [2]: "))
    #expect(
      message { try gradients(of: Tensor.ones([]), withRespectTo: [x]) }
        .hasPrefix("gradients cannot be done on F32 []: "))
  }

  @Test("nothing is recorded without gradients, and the scope ends also on a throw")
  func scope() throws {
    let x = try Tensor.ones([2]).trainable()
    #expect(recordsGradients)
    let (unrecorded, states) = try withoutGradients {
      let outer = recordsGradients
      let inner = withoutGradients { recordsGradients }
      return (try x * 2, [outer, inner, recordsGradients])
    }
    #expect(states == [false, false, false])
    #expect(!unrecorded.requiresGradient)
    #expect(recordsGradients)
    #expect(throws: Stop.self) { try withoutGradients { throw Stop() } }
    #expect(recordsGradients)
    #expect(try (x * 2).requiresGradient)
  }

  @Test("a detached tensor is cut off, and a trainable one begins anew")
  func detached() throws {
    let x = try Tensor.ones([2]).trainable()
    #expect(x.requiresGradient)
    #expect(try !x.detached().requiresGradient)
    let y = try (x * 3).trainable()
    #expect(try gradients(of: (y * y).sum(), withRespectTo: [y])[0].floats() == [6, 6])
  }

  /// Convolution, group norm, SiLU, attention over the pixels, layer norm, GELU and a linear layer,
  /// all in doubles.
  private struct Network {
    let kernel, scale, shift, projection, output: Tensor

    init() throws {
      let generator = try Generator(seed: 3)
      func draw(_ shape: [Int]) throws -> Tensor { try generator.normal(shape).to(.float64) }
      kernel = try draw([4, 2, 3, 3])
      scale = try draw([4])
      shift = try draw([4])
      projection = try draw([12, 4])
      output = try draw([3, 4])
    }

    /// - Parameter image: `[1, 2, 3, 4]`.
    func callAsFunction(_ image: Tensor) throws -> Tensor {
      let features = try image.convolution(kernel, padding: 1)
        .groupNorm(groups: 2, weight: scale, bias: shift, epsilon: 1e-5).silu()
      let pixels = try features.permuted([0, 2, 3, 1]).reshaped([1, 12, 4])
      let parts = try pixels.linear(projection).reshaped([1, 12, 3, 2, 2]).permuted([2, 0, 3, 1, 4])
      let mixed = try Tensor.attention(parts[0], parts[1], parts[2], scale: 0.7)
      let joined = try mixed.transposed(1, 2).reshaped([1, 12, 4]) + pixels
      let normed = try joined.layerNorm(weight: scale, bias: shift, epsilon: 1e-5).gelu()
      return try normed.linear(output).pow(2).mean()
    }
  }

  @Test("the gradient of a small network is its slope in every direction")
  func network() throws {
    let network = try Network()
    let generator = try Generator(seed: 4)
    let image = try generator.normal([1, 2, 3, 4]).to(.float64)
    for _ in 0..<8 {
      let direction = try generator.normal([1, 2, 3, 4]).to(.float64)
      let measured = try slope(of: network.callAsFunction, at: image, along: direction, step: 1e-5)
      let computed = try slopeFromGradient(
        of: network.callAsFunction, at: image, along: direction)
      #expect(abs(measured - computed) < 1e-6 * max(1, abs(computed)))
    }
  }
}
