public import Imaging
public import Torch

/// A model that takes images and texts to vectors of one space.
public protocol EmbeddingModel: AnyObject {
  /// What messages call the model: its folder or file.
  var name: String { get }

  /// The width of its vectors, `D`.
  var width: Int { get }

  /// Everything that its vectors depend on, for passports: `clip_sha256`, `activation`,
  /// `preprocessing`, `precision`.
  var facts: [String: String] { get }

  /// The natural logarithm of what a cosine is multiplied by to be a logit.
  var logitScale: Double { get throws }

  /// - Returns: L2-normalised, `F32 [B, D]`.
  func imageEmbeddings(of images: [RGBImage]) throws -> Tensor

  /// - Returns: L2-normalised, `F32 [P, D]`.
  func textEmbeddings(of texts: [String]) throws -> Tensor
}
