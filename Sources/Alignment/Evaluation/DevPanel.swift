internal import Imaging
internal import LoRA
internal import Policies
internal import RAFT
internal import Reporting
internal import RunStore

/// The numbers that decide, and those that tell whether a rising reward means better images: all
/// from dev images, none from test.
struct DevPanel {
  let evaluator: Evaluator
  let learner: Learner
  let library: SampleLibrary

  /// What distances are measured to; nil for the base's dev images.
  let reference: ReferenceImages?

  /// Probes of the drift, at most so many: each costs two evaluations of the network.
  private static let probeCount = 8

  /// The panel's numbers after a round, as metrics.jsonl names them.
  func metrics(after round: Int) throws -> [String: Double] {
    let images = try evaluator.images(.dev, after: round)
    let base = round == 0 ? images : try evaluator.images(.dev, after: 0)
    var summary = RunSummary.Round(round)
    summary.devReward = .mean(ofPrompts: images.byPrompt(images.rewards))
    summary.devWatch = .mean(ofPrompts: images.byPrompt(images.watched))
    summary.diversity = PromptDiversity.mean(
      ofPrompts: images.byPrompt(images.embeddings).map { $0.compactMap(\.self) })
    if let reference = try reference?.embeddings() ?? (round > 0 ? base.known : nil) {
      summary.mmd = MeanDiscrepancy.squared(images.known, reference)
    }
    summary.imageStatistics = ImageStatistics.mean(
      of: try images.rows.compactMap { row in
        try library.image(of: row).map { ImageStatistics(of: $0) }
      })
    let distance = try learner.distance(after: round, probes: probes(base.rows))
    summary.drift = distance.drift
    summary.adapterNorms = distance.norms.blocks.compactMap { block in
      block.relativeChange.map { .init(block.name, $0) }
    }
    return summary.numbers
  }

  /// The base's own samples, one a prompt before a second of any.
  private func probes(_ rows: [SampleRow]) throws -> [DriftProbe] {
    let made = rows.filter { $0.latents != nil }
      .sorted { ($0.address.index, $0.address.prompt) < ($1.address.index, $1.address.prompt) }
    return try made.prefix(Self.probeCount).map { row in
      DriftProbe(latents: try library.latents(of: row), prompt: row.facts.prompt)
    }
  }
}
