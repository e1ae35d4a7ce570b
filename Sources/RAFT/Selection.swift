/// Which of a round's candidates are learned from, as a value.
public struct Selection: Sendable, Equatable, Codable {
  /// How candidates are chosen.
  public indirect enum Strategy: Sendable, Equatable, Codable {
    /// The best `keep` of each prompt (local ranking, best of K).
    case bestOfPrompt(keep: Int)
    /// The best share of all, 0…1 (global ranking).
    case topFraction(Double)
    /// The best of each prompt, and of those the best `prompts` (the published diffusion recipe).
    case localThenTop(prompts: Int)
    /// All whose score is at least this.
    case threshold(Double)
    /// All at or above this percentile, 0…100, of their prompt's scores or of all.
    case percentile(Double, perPrompt: Bool)
    /// All that a verifier passes, which scores them at least this; one of each fingerprint.
    case passing(atLeast: Double)
    /// As many of the same prompts as `like` would choose, but drawn at random: the control arm.
    case random(like: Strategy)
  }

  /// How candidates are chosen.
  public var strategy: Strategy

  /// A selection by `strategy`.
  public init(_ strategy: Strategy) {
    self.strategy = strategy
  }
}

/// What a selection knows of a candidate.
public struct RankedCandidate: Sendable, Equatable {
  /// Which one it is; ties go by it, the lower one first.
  public let address: SampleAddress

  /// What it is ranked by, the score less β·d; nil where it is excluded.
  public let key: Double?

  /// What duplicates share; nil for what nothing equals.
  public let fingerprint: String?

  /// A candidate.
  public init(address: SampleAddress, key: Double?, fingerprint: String? = nil) {
    self.address = address
    self.key = key
    self.fingerprint = fingerprint
  }
}
