/// A policy that learns from another source's samples: another model, another adapter, a folder.
///
/// RAFT collects without gradients, so who samples need not be who learns.
public struct Distillation<Source: SampleSource, Learner: Policy>: Policy
where Source.Prompt == Learner.Prompt, Source.Sample == Learner.Sample {
  /// Who gives samples.
  public let source: Source

  /// Who learns from them.
  public let learner: Learner

  /// `learner`, taught by samples of `source`.
  public init(from source: Source, to learner: Learner) {
    self.source = source
    self.learner = learner
  }

  /// Samples of the source.
  public func candidates(
    for requests: [SampleRequest<Learner.Prompt>]
  ) throws -> [Candidate<Learner.Prompt, Learner.Sample>] {
    try source.candidates(for: requests)
  }

  /// How far the learner has moved from its base at each candidate.
  public func divergences(
    of candidates: [Candidate<Learner.Prompt, Learner.Sample>]
  ) throws -> [Double] {
    try learner.divergences(of: candidates)
  }

  /// Tunes the learner.
  public func fineTune(
    on examples: [Candidate<Learner.Prompt, Learner.Sample>], round: Int
  ) throws -> TuningReport {
    try learner.fineTune(on: examples, round: round)
  }
}
