internal import Torch

/// How much people would like an image, as an ``AestheticHead`` on a CLIP's embedding tells.
public final class AestheticReward: ImageReward {
  public let passport: RewardPassport

  /// The head.
  public let head: AestheticHead

  /// What is odd about the pair of head and CLIP though it can be used; nil where nothing is.
  public let warning: String?

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
    warning = Self.warning(of: head, embedder.model)
    passport = RewardPassport(
      reward: "aesthetic",
      facts: embedder.model.facts.merging([
        "head": head.name, "head_sha256": head.digest, "head_kind": head.kind.rawValue,
      ]) { _, own in own })
  }

  /// Families of one width are told apart by the patches that the head's name speaks of, such as
  /// `sa_0_4_vit_b_32_linear.pth` on a ViT-B/16.
  private static func warning(of head: AestheticHead, _ model: any EmbeddingModel) -> String? {
    guard [512, 768, 1024].contains(head.width), let patch = model.patchSize,
      let match = head.name.lowercased().firstMatch(
        of: /(?:^|[^a-z0-9])(?:vit[-_])?([blh])[-_]?(14|16|32)(?![0-9])/),
      let named = Int(match.2), named != patch
    else { return nil }
    return "\(head.name) is a head for ViT-\(match.1.uppercased())/\(named) by its name, but "
      + "\(model.name) has patches of \(patch) pixels; the scores mean nothing if they do not "
      + "belong together"
  }

  public var readsPrompts: Bool { false }

  public func outcomes(for inputs: [RewardInput]) throws -> [RewardOutcome] {
    try embedder.outcomes(for: inputs) { vectors, _ in
      let scores = try head(vectors).doubles()
      return scores.map { RewardOutcome.finite($0, of: "aesthetic") }
    }
  }
}
