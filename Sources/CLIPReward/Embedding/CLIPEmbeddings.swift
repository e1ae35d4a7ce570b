public import CLIP
internal import Files
public import Imaging
public import NN
public import Torch

/// A CLIP as rewards see it, with everything that its vectors depend on.
public final class CLIPEmbeddings: EmbeddingModel {
  /// The model itself.
  public let model: CLIPModel

  public let facts: [String: String]

  /// Loads a CLIP; see `CLIPModel`.
  ///
  /// - Parameter cache: where the digests of its files, of gigabytes, are kept; nil for nowhere.
  public convenience init(
    _ location: String, placement: Placement = Placement(), activation: Activation? = nil,
    cache: RewardCache? = nil, environment: [String: String]
  ) throws {
    let model = try CLIPModel(
      location, placement: placement, activation: activation, environment: environment)
    try self.init(model) { try cache?.digest(ofFile: $0) ?? Digest.sha256(ofFile: $0) }
  }

  /// A CLIP whose files have these digests.
  public init(_ model: CLIPModel, digest: (_ file: String) throws -> String) throws {
    self.model = model
    let digests = try model.weightFiles.map(digest)
    facts = [
      // Of several shards: the digest of their digests, in the order of their names.
      "clip_sha256": digests.count == 1 ? digests[0] : Digest.sha256(digests.joined().utf8),
      "activation": model.activation,
      "preprocessing": model.preprocessor.summary,
      "precision": Self.name(of: model.placement),
    ]
  }

  public var name: String { model.location }
  public var width: Int { model.embeddingWidth }
  public var logitScale: Double? { model.logitScale }
  public var patchSize: Int? { model.configuration.vision.patchSize }

  /// What is odd about the files though they can be used.
  public var warnings: [String] { model.warnings }

  public func imageEmbeddings(of images: [RGBImage]) throws -> Tensor {
    try model.imageEmbeddings(pixels(of: images))
  }

  public func textEmbeddings(of texts: [String]) throws -> Tensor {
    try model.textEmbeddings(texts)
  }

  /// What the vision tower takes of `images`, `F32 [B, 3, S, S]`.
  public func pixels(of images: [RGBImage]) throws -> Tensor {
    try Tensor.stacked(images.map { try model.preprocessor.pixels(of: $0) })
  }

  private static func name(of placement: Placement) -> String {
    switch placement.rounding ?? placement.dtype {
    case .bfloat16: "bf16"
    case .float16: "fp16"
    case .float32: "fp32"
    default: placement.dtype.rawValue
    }
  }
}
