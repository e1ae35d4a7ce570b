/// Which of a round's candidates are learned from, as a value.
public struct Selection: Sendable, Equatable {
  /// How candidates are chosen.
  public indirect enum Strategy: Sendable, Equatable {
    /// The best `keep` of each prompt (local ranking, best of K).
    case bestOfPrompt(keep: Int)
    /// The best share of all that are not excluded, above 0 and at most 1, rounded down but at
    /// least one (global ranking).
    case topFraction(Double)
    /// The best of each prompt, and of those the best `prompts` (the published diffusion recipe).
    case localThenTop(prompts: Int)
    /// All that rank at least this high.
    case threshold(Double)
    /// All at or above this percentile, 0…100, of their prompt's or of all; between two it is linear.
    case percentile(Double, perPrompt: Bool)
    /// All that a verifier passes, which scores them at least this; of a prompt's candidates with
    /// one fingerprint the best.
    case passing(atLeast: Double)
    /// As many of the same prompts as `like` would choose, but drawn at random from all that are not
    /// excluded: the control arm. Where `like` drops prompts by their rewards, so does this one.
    case random(like: Strategy)
  }

  /// How candidates are chosen.
  public var strategy: Strategy

  /// A selection by `strategy`.
  public init(_ strategy: Strategy) {
    self.strategy = strategy
  }
}
