public import CLIP
internal import Files
public import Imaging
public import NN
public import Torch

/// A CLIP as rewards see it, with everything that its vectors depend on.
public final class CLIPEmbeddings: EmbeddingModel {
  /// The model itself.
  public let model: CLIPModel

  /// The digest of the weights, the activation, the preprocessing, the precision, and what becomes
  /// of the images' transparency.
  public let facts: [String: String]

  /// Loads a CLIP; see `CLIPModel`.
  ///
  /// - Parameters:
  ///   - cache: where the digests of its files, of gigabytes, are kept; nil for nowhere.
  ///   - transparency: what became of that of the images; a part of the facts.
  public convenience init(
    _ location: String, placement: Placement = Placement(), activation: Activation? = nil,
    transparency: Transparency = .dropped, cache: RewardCache? = nil,
    environment: [String: String]
  ) throws {
    let model = try CLIPModel(
      location, placement: placement, activation: activation, environment: environment)
    try self.init(model, transparency: transparency) {
      try cache?.digest(ofFile: $0) ?? Digest.sha256(ofFile: $0)
    }
  }

  /// A CLIP whose files have these digests.
  public init(
    _ model: CLIPModel, transparency: Transparency = .dropped,
    digest: (_ file: String) throws -> String
  ) throws {
    self.model = model
    let digests = try model.weightFiles.map(digest)
    facts = [
      // Of several shards: the digest of their digests, in the order of their names.
      "clip_sha256": digests.count == 1 ? digests[0] : Digest.sha256(digests.joined().utf8),
      "clip_configuration": Digest.sha256(model.configuration.summary.utf8),
      "activation": model.activation,
      "preprocessing": model.preprocessor.summary,
      "precision": Self.name(of: model.placement),
      "transparency": transparency.rawValue,
    ]
  }

  /// The folder or file that the caller named.
  public var name: String { model.location }

  /// What vectors of texts depend on besides: the vocabulary, which is read for it.
  public var textFacts: [String: String] {
    get throws { ["vocabulary_sha256": try model.vocabularyDigest] }
  }

  /// The width of an embedding.
  public var width: Int { model.embeddingWidth }

  /// What PickScore multiplies cosines by; nil for a vision tower alone.
  public var logitScale: Double? { model.logitScale }

  /// Pixels along the edge of a patch.
  public var patchSize: Int? { model.configuration.vision.patchSize }

  /// What is odd about the files though they can be used.
  public var warnings: [String] { model.warnings }

  /// Prepares and embeds `images`, `F32 [B, D]`.
  public func imageEmbeddings(of images: [RGBImage]) throws -> Tensor {
    try model.imageEmbeddings(pixels(of: images))
  }

  /// Embeds `texts`, `F32 [P, D]`.
  public func textEmbeddings(of texts: [String]) throws -> Tensor {
    try model.textEmbeddings(texts)
  }

  /// What the vision tower takes of `images`, `F32 [B, 3, S, S]`.
  public func pixels(of images: [RGBImage]) throws -> Tensor {
    try Tensor.stacked(images.map { try model.preprocessor.pixels(of: $0) })
  }

  /// Why an image is not prepared: one pixel wide, it would be scaled to gigabytes.
  public func refusal(of image: RGBImage) -> String? {
    let (width, height) = model.preprocessor.resizedSize(of: image)
    guard width * height > RGBImage.maximalPixelCount else { return nil }
    return "for the CLIP it would be scaled from \(image.width)x\(image.height) to "
      + "\(width)x\(height) pixels, more than \(RGBImage.maximalPixelCount); cut it"
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
