/// A model that gives samples and can be made to give better ones.
///
/// It knows nothing of rewards, and RAFT nothing of tensors: images, texts and dice share one loop.
public protocol Policy<Prompt, Sample>: SampleSource {
  /// How far the model has moved from its base at each candidate: an estimate of
  /// `log p(sample)/p₀(sample)`, 0 for a model that has not moved. Asked for only where β > 0.
  func divergences(of candidates: [Candidate<Prompt, Sample>]) throws -> [Double]

  /// Learns from `examples`, which are candidates with a sample.
  ///
  /// - Parameters:
  ///   - examples: what was selected.
  ///   - round: the round that they end, counted from 1.
  func fineTune(on examples: [Candidate<Prompt, Sample>], round: Int) throws -> TuningReport
}

/// What one round's fine-tuning did.
public struct TuningReport: Sendable, Equatable, Codable {
  /// The steps of the round.
  public var steps: Int

  /// The mean loss of its steps.
  public var meanLoss: Double?

  /// The loss of its last step.
  public var lastLoss: Double?

  /// The report of a round.
  public init(steps: Int, meanLoss: Double? = nil, lastLoss: Double? = nil) {
    self.steps = steps
    self.meanLoss = meanLoss
    self.lastLoss = lastLoss
  }
}
