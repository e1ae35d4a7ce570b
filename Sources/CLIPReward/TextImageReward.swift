internal import CLIP
internal import Torch

/// How well an image shows its prompt: the cosine of the two embeddings of a CLIP.
///
/// PickScore is this reward on its own CLIP with ``Scale/logit``, HPSv2 with ``Scale/cosine``.
public final class TextImageReward: ImageReward {
  /// What the cosine is turned into.
  public enum Scale: String, Sendable, CaseIterable {
    /// The cosine itself, −1…1.
    case cosine
    /// 100 · max(cosine, 0), as torchmetrics' CLIPScore.
    case hundred = "100"
    /// exp(logit_scale) · cosine, as PickScore.
    case logit
  }

  /// The model's facts, and the scale.
  public let passport: RewardPassport

  private let embedder: ImageEmbedder
  private let scale: Scale
  private let logitFactor: Double

  /// The cosines of `embedder`'s images and prompts.
  ///
  /// - Throws: `CLIPError.noText` where the model embeds no texts; what is wrong with its vocabulary.
  public init(_ embedder: ImageEmbedder, scale: Scale = .cosine) throws {
    self.embedder = embedder
    self.scale = scale
    guard let factor = embedder.model.logitScale else {
      throw CLIPError.noText(path: embedder.model.name)
    }
    logitFactor = factor
    let facts = try embedder.model.facts.merging(embedder.model.textFacts) { _, own in own }
    passport = RewardPassport(
      reward: "clip", facts: facts.merging(["scale": scale.rawValue]) { _, own in own })
  }

  /// Scores `inputs` that have a prompt; the others are excluded.
  public func outcomes(for inputs: [RewardInput]) throws -> [RewardOutcome] {
    let vectors = try embedder.vectors(of: inputs.compactMap(\.prompt))
    let outcomes = try embedder.outcomes(for: inputs.filter { $0.prompt != nil }) {
      images, inputs in
      let width = images.shape[1]
      let texts = inputs.flatMap { $0.prompt.flatMap { vectors[$0] } ?? [] }
      let products =
        try images.to(.float64) * Tensor(texts, shape: [inputs.count, width]).to(.float64)
      return try products.sum(along: [1]).doubles().map(outcome)
    }
    var next = outcomes.makeIterator()
    return inputs.map { input in
      guard input.prompt != nil else { return .excluded(.noPrompt) }
      return next.next() ?? .excluded(.failed("it was not scored"))
    }
  }

  private func outcome(_ cosine: Double) -> RewardOutcome {
    let (hundred, logit) = (100 * max(cosine, 0), logitFactor * cosine)
    let score =
      switch scale {
      case .cosine: cosine
      case .hundred: hundred
      case .logit: logit
      }
    return .finite(
      score, details: ["cosine": cosine, "clip_score": hundred, "logit": logit], of: "clip")
  }
}
