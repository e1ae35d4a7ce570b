internal import NN
internal import Torch

/// Attention among the pixels, attention from the pixels to the text, and an MLP.
final class BasicTransformerBlock {
  private let norm1: LayerNorm
  private let attn1: Attention
  private let norm2: LayerNorm
  private let attn2: Attention
  private let norm3: LayerNorm
  private let feedForward: FeedForward

  init(_ weights: Weights, width: Int, contextWidth: Int, heads: Int) throws {
    norm1 = try LayerNorm(weights["norm1"], width: width)
    attn1 = try Attention(weights["attn1"], width: width, contextWidth: width, heads: heads)
    norm2 = try LayerNorm(weights["norm2"], width: width)
    attn2 = try Attention(weights["attn2"], width: width, contextWidth: contextWidth, heads: heads)
    norm3 = try LayerNorm(weights["norm3"], width: width)
    feedForward = try FeedForward(weights["ff"], width: width)
  }

  /// - Parameters:
  ///   - x: pixels, `[B, N, C]`.
  ///   - context: text states, `[B, M, D]`.
  /// - Returns: `[B, N, C]`.
  func callAsFunction(_ x: Tensor, context: TextContext) throws -> Tensor {
    var x = try x + attn1(norm1(x))
    x = try x + attn2(norm2(x), context: context)
    return try x + feedForward(norm3(x))
  }
}

/// Attention with projections of its own.
final class Attention {
  private let toQ: Linear
  private let toK: Linear
  private let toV: Linear
  private let toOut: Linear
  private let heads: Int

  init(_ weights: Weights, width: Int, contextWidth: Int, heads: Int) throws {
    toQ = try Linear(weights["to_q"], from: width, to: width, bias: false)
    toK = try Linear(weights["to_k"], from: contextWidth, to: width, bias: false)
    toV = try Linear(weights["to_v"], from: contextWidth, to: width, bias: false)
    toOut = try Linear(weights["to_out.0"], from: width, to: width)
    self.heads = heads
  }

  /// Attends from `x` to `context`.
  ///
  /// - Parameters:
  ///   - x: hidden states, `[B, N, C]`.
  ///   - context: what to attend to, `[B, M, D]`; `x` itself when nil.
  /// - Returns: `[B, N, C]`.
  func callAsFunction(_ x: Tensor, context: TextContext? = nil) throws -> Tensor {
    let seen = try context?.keysAndValues(of: self, project) ?? project(x)
    return try toOut(multiHeadAttention(toQ(x), seen.keys, seen.values, heads: heads))
  }

  private func project(_ states: Tensor) throws -> KeysAndValues {
    KeysAndValues(keys: try toK(states), values: try toV(states))
  }
}

/// GEGLU, `(x·W + b) ⊙ gelu(x·V + c)` (Shazeer 2020, arXiv 2002.05202), then a linear layer.
final class FeedForward {
  private let projection: Linear
  private let output: Linear

  init(_ weights: Weights, width: Int) throws {
    projection = try Linear(weights["net.0.proj"], from: width, to: 8 * width)
    output = try Linear(weights["net.2"], from: 4 * width, to: width)
  }

  /// - Returns: the shape of `x`, `[B, N, C]`.
  func callAsFunction(_ x: Tensor) throws -> Tensor {
    let halves = try projection(x).chunks(2, along: -1)
    return try output(halves[0] * halves[1].gelu())
  }
}
