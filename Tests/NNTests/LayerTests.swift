import Foundation
import NN
import TestSupport
import Testing
import Torch

/// Laws of the layers, whatever their weights.
struct LayerTests {
  @Test("a linear layer is linear but for its bias")
  func linear() throws {
    let tensors = try draws(["weight": [5, 7], "bias": [5]])
    let layer = try Linear(weights(tensors), from: 7, to: 5)
    let bias = try #require(tensors["bias"])
    let (x, y) = try (Generator(seed: 2).normal([3, 7]), Generator(seed: 3).normal([3, 7]))
    func response(_ x: Tensor) throws -> Tensor { try layer(x) - bias }
    let sum = try response(x * 2 + y)
    #expect(try relativeError(sum, response(x) * 2 + response(y)) < 1e-5)
    #expect(
      try relativeError(response(x), x.matmul(#require(tensors["weight"]).transposed(0, 1))) < 1e-5)
    #expect(try layer(.zeros([2, 3, 7])).shape == [2, 3, 5])
  }

  @Test("an activation in the layer is the activation after it", arguments: [4, 192])
  func activation(_ width: Int) throws {
    let root = try weights(draws(["weight": [width, width], "bias": [width]], scale: 0.1))
    let layer = try Linear(root, from: width, to: width)
    let x = try Generator(seed: 2).normal([3, width])
    let plain = try layer(x)
    #expect(try relativeError(layer(x, activation: .silu), plain.silu()) < 1e-5)
    #expect(try relativeError(layer(x, activation: .gelu), plain.gelu()) < 1e-5)
    #expect(try relativeError(layer(x, activation: .geluTanh), plain.gelu(tanh: true)) < 1e-5)
  }

  @Test("a kernel with a single one in its middle copies the image")
  func identity() throws {
    let kernel = try Tensor([0, 0, 0, 0, 1, 0, 0, 0, 0] as [Float], shape: [1, 1, 3, 3])
    let root = try weights(["weight": kernel, "bias": .zeros([1])])
    let layer = try Conv2d(root, from: 1, to: 1, kernel: 3, padding: 1)
    let x = try Generator(seed: 2).normal([2, 1, 5, 4])
    #expect(try layer(x).isEqual(to: x))
    let halved = try Conv2d(root, from: 1, to: 1, kernel: 3, stride: 2, padding: 1)
    #expect(try halved(x).shape == [2, 1, 3, 2])
    #expect(try halved(x)[0][0][1].isEqual(to: x[0][0][2].gathered(0, Tensor([0, 2], shape: [2]))))
  }

  @Test("a 1×1 convolution is a matrix over the channels", arguments: [(6, 5), (160, 128)])
  func pointwise(input: Int, output: Int) throws {
    let tensors = try draws(["weight": [output, input, 1, 1], "bias": [output]])
    let layer = try Conv2d(weights(tensors), from: input, to: output, kernel: 1)
    let x = try Generator(seed: 2).normal([2, input, 3, 5])
    let (weight, bias) = (try #require(tensors["weight"]), try #require(tensors["bias"]))
    let expected = try x.convolution(weight, bias: bias)
    #expect(try relativeError(layer(x), expected) < 1e-5)
    #expect(try relativeError(layer(x.channelsLast()), expected) < 1e-5)
  }

  @Test("group norm gives every group mean 0 and variance 1, whatever shift and scale came in")
  func groupNorm() throws {
    let root = try weights(["weight": .ones([6]), "bias": .zeros([6])])
    let norm = try GroupNorm(root, channels: 6, groups: 3, epsilon: 1e-6)
    let x = try Generator(seed: 2).normal([2, 6, 4, 5])
    let groups = try norm(x).reshaped([2, 3, 40])
    #expect(try groups.mean(along: [2]).magnitude().max().item() < 1e-6)
    #expect(try (groups.pow(2).mean(along: [2]) - 1).magnitude().max().item() < 1e-4)
    #expect(try relativeError(norm(x * 3 + 5), norm(x)) < 1e-4)
  }

  @Test("layer norm gives every row mean 0 and variance 1, then scales and shifts")
  func layerNorm() throws {
    let tensors = try draws(["weight": [9], "bias": [9]])
    let norm = try LayerNorm(weights(tensors), width: 9)
    let plain = try LayerNorm(weights(["weight": .ones([9]), "bias": .zeros([9])]), width: 9)
    let x = try Generator(seed: 2).normal([4, 3, 9])
    let rows = try plain(x)
    #expect(try rows.mean(along: [-1]).magnitude().max().item() < 1e-6)
    #expect(try (rows.pow(2).mean(along: [-1]) - 1).magnitude().max().item() < 1e-3)
    let (scale, shift) = (try #require(tensors["weight"]), try #require(tensors["bias"]))
    #expect(try relativeError(norm(x), rows * scale + shift) < 1e-5)
  }

  @Test("an embedding picks rows of its table")
  func embedding() throws {
    let tensors = try draws(["weight": [5, 3]])
    let table = try #require(tensors["weight"])
    let layer = try Embedding(weights(tensors), count: 5, width: 3)
    #expect(layer.count == 5)
    let rows = try layer(Tensor([4, 0, 4, 1], shape: [2, 2]))
    #expect(rows.shape == [2, 2, 3])
    #expect(try rows[0][0].isEqual(to: table[4]))
    #expect(try rows[1][1].isEqual(to: table[1]))
    #expect(try layer.table().isEqual(to: table))
    let text = message { try layer(Tensor([5], shape: [1])) }
    #expect(text.hasPrefix("embedding cannot be done on F32 [5, 3] and I64 [1]: "))
  }

  @Test("activations have the names of configurations", arguments: Activation.allCases)
  func activations(_ activation: Activation) throws {
    let x = try Tensor([-1, 0.5] as [Double], shape: [2])
    let expected: Tensor =
      switch activation {
      case .silu, .swish: try x.silu()
      case .gelu: try x.gelu()
      case .geluNew, .geluTanh: try x.gelu(tanh: true)
      case .quickGelu: try Tensor([-1 / (1 + exp(1.702)), 0.5 / (1 + exp(-0.851))], shape: [2])
      case .relu: try x.relu()
      }
    #expect(try relativeError(activation(x), expected) < 1e-12)
  }
}

/// Laws of attention.
struct AttentionTests {
  private func draw(_ shape: [Int], _ seed: UInt64) throws -> Tensor {
    try Generator(seed: seed).normal(shape)
  }

  @Test("equal keys give every query the mean of the values", arguments: [1, 2, 4])
  func mean(heads: Int) throws {
    let (q, v) = try (draw([2, 3, 8], 1), draw([2, 5, 8], 2))
    let k = try draw([2, 1, 8], 3).expanded([-1, 5, -1])
    let expected = try v.mean(along: [1], keepingDimensions: true).expanded([-1, 3, -1])
    #expect(try relativeError(multiHeadAttention(q, k, v, heads: heads), expected) < 1e-5)
  }

  @Test("the order of keys does not matter as long as values go with them")
  func order() throws {
    let (q, k, v) = try (draw([2, 3, 8], 1), draw([2, 5, 8], 2), draw([2, 5, 8], 3))
    let straight = try multiHeadAttention(q, k, v, heads: 2)
    let flipped = try multiHeadAttention(q, k.flipped(1), v.flipped(1), heads: 2)
    #expect(try relativeError(flipped, straight) < 1e-5)
  }

  @Test("heads do not see each other")
  func heads() throws {
    let (q, k, v) = try (draw([2, 3, 8], 1), draw([2, 5, 8], 2), draw([2, 5, 8], 3))
    let both = try multiHeadAttention(q, k, v, heads: 2)
    let halves = try (0..<2).map { head in
      func half(_ x: Tensor) throws -> Tensor { try x.narrowed(2, head * 4..<head * 4 + 4) }
      return try multiHeadAttention(half(q), half(k), half(v), heads: 1)
    }
    #expect(try relativeError(both, .concatenated(halves, along: 2)) < 1e-5)
  }

  @Test("causal attention sees no later position")
  func causal() throws {
    let x = try draw([1, 6, 8], 1)
    let changed = try Tensor.concatenated([x.narrowed(1, 0..<4), draw([1, 2, 8], 2)], along: 1)
    let (first, second) = try (
      multiHeadAttention(x, x, x, heads: 2, isCausal: true),
      multiHeadAttention(changed, changed, changed, heads: 2, isCausal: true)
    )
    #expect(
      try relativeError(second.narrowed(1, 0..<4), first.narrowed(1, 0..<4)) < 1e-6)
    #expect(try relativeError(second.narrowed(1, 4..<6), first.narrowed(1, 4..<6)) > 0.01)
    #expect(try relativeError(first.narrowed(1, 0..<1), x.narrowed(1, 0..<1)) < 1e-6)
  }

  @Test("attention is softmax(q·kᵀ/√d)·v")
  func formula() throws {
    let (q, k, v) = try (draw([2, 3, 8], 1), draw([2, 5, 8], 2), draw([2, 5, 6], 3))
    let scores = try q.matmul(k.transposed(1, 2)) / 8.0.squareRoot()
    let expected = try scores.softmax(along: 2).matmul(v.padded(right: 2))
    let found = try multiHeadAttention(q, k, v.padded(right: 2), heads: 1)
    #expect(try relativeError(found, expected) < 1e-5)
  }
}
