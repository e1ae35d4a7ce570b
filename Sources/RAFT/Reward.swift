/// Something that judges samples.
public protocol Reward<Prompt, Sample> {
  /// What samples are asked for with.
  associatedtype Prompt: Sendable
  /// What is judged.
  associatedtype Sample

  /// Judges candidates, in their order: one judgement each. A candidate without a sample is
  /// excluded for its failure.
  ///
  /// - Throws: what makes judging impossible altogether.
  func judgements(of candidates: [Candidate<Prompt, Sample>]) throws -> [Judgement]
}
