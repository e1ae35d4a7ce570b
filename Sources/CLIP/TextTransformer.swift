public import NN
public import Torch

/// CLIP's text tower: token ids in, a hidden state for every position out.
public final class TextTransformer {
  /// The sizes that the tower was built with.
  public let configuration: TextConfiguration

  /// Where adapters can hang, layer by layer.
  public let slots: [AdapterSlot]

  private let tokenEmbedding: Embedding
  private let positionEmbedding: Embedding
  private let layers: [EncoderLayer]
  private let finalLayerNorm: LayerNorm

  /// Reads `embeddings`, `encoder.layers` and `final_layer_norm`.
  public init(_ weights: Weights, _ configuration: TextConfiguration) throws {
    self.configuration = configuration
    tokenEmbedding = try Embedding(
      weights["embeddings.token_embedding"], count: configuration.vocabularySize,
      width: configuration.width)
    positionEmbedding = try Embedding(
      weights["embeddings.position_embedding"], count: configuration.positions,
      width: configuration.width)
    layers = try (0..<configuration.layers).map {
      try EncoderLayer(
        weights["encoder.layers"][$0], width: configuration.width,
        intermediateWidth: configuration.intermediateWidth, heads: configuration.heads,
        activation: configuration.activation, normEpsilon: configuration.normEpsilon)
    }
    finalLayerNorm = try LayerNorm(
      weights["final_layer_norm"], width: configuration.width, epsilon: configuration.normEpsilon)
    slots = weights.slots
  }

  /// - Parameters:
  ///   - tokens: `I64 [B, T]`.
  ///   - skippedLayers: blocks left out at the end: 0 for the whole tower, 1 for "clip skip 2" as
  ///     A1111 counts.
  /// - Returns: normalised hidden states, `[B, T, D]`.
  public func callAsFunction(_ tokens: Tensor, skippedLayers: Int = 0) throws -> Tensor {
    let positions = try positionEmbedding.table().narrowed(0, 0..<tokens.shape[1])
    var x = try tokenEmbedding(tokens) + positions
    for layer in layers.dropLast(skippedLayers) {
      x = try layer(x, isCausal: true)
    }
    return try finalLayerNorm(x)
  }
}
