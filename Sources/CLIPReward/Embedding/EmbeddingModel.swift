public import Imaging
public import Torch

/// A model that takes images and texts to vectors of one space.
public protocol EmbeddingModel: AnyObject {
  /// What messages call the model: its folder or file.
  var name: String { get }

  /// The width of its vectors, `D`.
  var width: Int { get }

  /// Everything that its vectors depend on, for passports: `clip_sha256`, `activation`,
  /// `preprocessing`, `precision`, `transparency`.
  var facts: [String: String] { get }

  /// What vectors of texts depend on besides: `vocabulary_sha256`.
  var textFacts: [String: String] { get throws }

  /// What a cosine is multiplied by to be a logit, about 100; nil where texts are not embedded.
  var logitScale: Double? { get }

  /// Pixels along the edge of a patch, by which families of one width are told apart; nil where
  /// there are no patches.
  var patchSize: Int? { get }

  /// Why an image cannot be embedded, in a sentence; nil where it can.
  func refusal(of image: RGBImage) -> String?

  /// - Returns: L2-normalised, `F32 [B, D]`.
  func imageEmbeddings(of images: [RGBImage]) throws -> Tensor

  /// - Returns: L2-normalised, `F32 [P, D]`.
  func textEmbeddings(of texts: [String]) throws -> Tensor
}

extension EmbeddingModel {
  /// Nothing besides.
  public var textFacts: [String: String] { [:] }

  /// Every image can be embedded.
  public func refusal(of image: RGBImage) -> String? { nil }
}
