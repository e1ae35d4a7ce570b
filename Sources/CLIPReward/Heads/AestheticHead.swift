internal import Files
public import Torch

/// A small network that takes an image's CLIP embedding to a number that people who rated images
/// would give, about 1…10.
///
/// Three kinds are published, by LAION and by C. Schuhmann's improved-aesthetic-predictor. Heads
/// without activation are one affine map, `s = w·x + b`, and are folded to that in fp64.
public struct AestheticHead {
  /// What a head computes.
  public enum Kind: String, Sendable, CaseIterable {
    /// One linear layer (LAION's first predictor).
    case linear
    /// Five linear layers with nothing in between (`…linearMSE`).
    case foldedMLP = "mlp-linear"
    /// Five linear layers with ReLU between them (`…reluMSE`).
    case reluMLP = "mlp-relu"
  }

  /// What messages and passports call the head: its file's name.
  public let name: String

  /// SHA-256 of the head's file, 64 hexadecimal digits.
  public let digest: String

  /// What the head computes.
  public let kind: Kind

  /// The width of the embeddings that it takes, `D`.
  public let width: Int

  /// `F64 [out, in]` and `F64 [out]`; one layer where there is no activation.
  private let layers: [(weight: Tensor, bias: Tensor)]

  /// A head from its layers, `F64`, first to last, which have been checked.
  init(
    name: String, digest: String, kind: Kind, layers: [(weight: Tensor, bias: Tensor)]
  ) throws {
    self.name = name
    self.digest = digest
    self.kind = kind
    width = layers[0].weight.shape[1]
    self.layers = kind == .reluMLP ? layers : [try Self.folded(layers)]
  }

  /// `W = Wₙ…W₁`, `b = Wₙ(…(W₂b₁ + b₂)…) + bₙ`.
  private static func folded(_ layers: [(weight: Tensor, bias: Tensor)]) throws
    -> (weight: Tensor, bias: Tensor)
  {
    try layers.dropFirst().reduce(layers[0]) { map, layer in
      let bias = try map.bias.unsqueezed(0).linear(layer.weight, bias: layer.bias)
      return (try layer.weight.matmul(map.weight), try bias.squeezed(0))
    }
  }

  /// - Parameter embeddings: L2-normalised, `[B, D]`.
  /// - Returns: a score each, `F64 [B]`.
  public func callAsFunction(_ embeddings: Tensor) throws -> Tensor {
    var x = try embeddings.to(.float64, device: .cpu)
    for (index, layer) in layers.enumerated() {
      x = try x.linear(layer.weight, bias: layer.bias)
      if index < layers.count - 1 { x = try x.relu() }
    }
    return try x.squeezed(1)
  }
}
