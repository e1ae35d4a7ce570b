internal import Torch

/// How much people would like an image, as an ``AestheticHead`` on a CLIP's embedding tells.
public final class AestheticReward: ImageReward {
  public let passport: RewardPassport

  /// The head.
  public let head: AestheticHead

  private let embedder: ImageEmbedder

  /// A head on the embeddings of `embedder`.
  ///
  /// - Throws: ``RewardError/headWidth(head:width:clip:clipWidth:)`` where they do not fit.
  public init(_ head: AestheticHead, _ embedder: ImageEmbedder) throws {
    guard head.width == embedder.model.width else {
      throw RewardError.headWidth(
        head: head.name, width: head.width, clip: embedder.model.name,
        clipWidth: embedder.model.width)
    }
    self.head = head
    self.embedder = embedder
    passport = RewardPassport(
      reward: "aesthetic",
      facts: embedder.model.facts.merging([
        "head": head.name, "head_sha256": head.digest, "head_kind": head.kind.rawValue,
      ]) { _, own in own })
  }

  public var readsPrompts: Bool { false }

  public func outcomes(for inputs: [RewardInput]) throws -> [RewardOutcome] {
    try embedder.outcomes(for: inputs) { vectors, _ in
      let scores = try head(vectors).doubles()
      return scores.map { RewardOutcome.finite($0, of: "aesthetic") }
    }
  }
}
