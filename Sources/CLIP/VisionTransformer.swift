public import NN
public import Torch

/// CLIP's vision tower: pixels in, one state for the whole image out (Radford et al. 2021, with the
/// layers of Dosovitskiy et al. 2020).
public final class VisionTransformer {
  /// The sizes that the tower was built with.
  public let configuration: VisionConfiguration

  private let placement: Placement
  private let classEmbedding: FrozenWeight
  private let patchEmbedding: PatchEmbedding
  private let positionEmbedding: Embedding
  private let preLayerNorm: LayerNorm
  private let layers: [EncoderLayer]
  private let postLayerNorm: LayerNorm

  /// Reads `embeddings`, `pre_layrnorm` (transformers' spelling), `encoder.layers` and
  /// `post_layernorm`.
  public init(_ weights: Weights, _ configuration: VisionConfiguration) throws {
    self.configuration = configuration
    placement = weights.placement
    let (width, epsilon) = (configuration.width, configuration.normEpsilon)
    let embeddings = weights["embeddings"]
    classEmbedding = embeddings.frozen("class_embedding", [width], .normal(0.02))
    patchEmbedding = try PatchEmbedding(
      embeddings["patch_embedding"], width: width, patchSize: configuration.patchSize)
    positionEmbedding = try Embedding(
      embeddings["position_embedding"], count: configuration.positions, width: width)
    preLayerNorm = try LayerNorm(weights["pre_layrnorm"], width: width, epsilon: epsilon)
    layers = try (0..<configuration.layers).map {
      try EncoderLayer(
        weights["encoder.layers"][$0], width: width,
        intermediateWidth: configuration.intermediateWidth, heads: configuration.heads,
        activation: configuration.activation, normEpsilon: epsilon)
    }
    postLayerNorm = try LayerNorm(weights["post_layernorm"], width: width, epsilon: epsilon)
  }

  /// - Parameter pixels: normalised images, `[B, 3, S, S]`, of any type and on any device.
  /// - Returns: the normalised state of the class token, `[B, D]`.
  /// - Throws: `CLIPError.pixels` where the images have another size.
  public func callAsFunction(_ pixels: Tensor) throws -> Tensor {
    try pooled(states(pixels))
  }

  /// - Parameter states: what ``states(_:)`` gave, `[B, N, D]`.
  /// - Returns: the normalised state of the class token, `[B, D]`.
  package func pooled(_ states: Tensor) throws -> Tensor {
    try postLayerNorm(states.selected(1, 0))
  }

  /// - Parameter pixels: as for the tower itself.
  /// - Returns: the last block's states, the class token's first, then the patches' row by row:
  ///   `[B, N, D]`.
  /// - Throws: `CLIPError.pixels` where the images have another size.
  package func states(_ pixels: Tensor) throws -> Tensor {
    let size = configuration.imageSize
    guard pixels.shape.count == 4, pixels.shape[1...].elementsEqual([3, size, size]) else {
      throw CLIPError.pixels(pixels.shape, size: size)
    }
    let patches = try patchEmbedding(pixels.to(placement.dtype, device: placement.device))
    let shape = [patches.shape[0], 1, configuration.width]
    let token = try classEmbedding.dense().reshaped([1, 1, configuration.width]).expanded(shape)
    var x = try Tensor.concatenated([token, patches], along: 1) + positionEmbedding.table()
    x = try preLayerNorm(x)
    for layer in layers {
      x = try layer(x, isCausal: false)
    }
    return x
  }
}
