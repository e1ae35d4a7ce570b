/// What a set of prompts, and of seeds, is for. No prompt and no seed is in two of them.
public enum Split: String, Sendable, Codable, CaseIterable {
  /// Samples to learn from.
  case train
  /// Samples that decide: when to stop, which round is the best, what to tune.
  case dev
  /// Samples whose scores are reported.
  case test
}
