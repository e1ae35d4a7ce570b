/// What a round has just done; whoever observes it may throw, and so end the round there.
public enum RoundEvent<Prompt: Sendable, Sample> {
  /// All samples are made.
  case sampled(round: Int, [Candidate<Prompt, Sample>])

  /// All are judged, and have the keys that they are ranked by.
  case judged(round: Int, [JudgedCandidate<Prompt, Sample>])

  /// What is learned from is decided.
  case selected(round: Int, Choice)

  /// The policy has learned from `examples`: what was selected and, after it, what is replayed.
  case tuned(RoundReport, examples: [SampleAddress])
}
