extension RewardOutcome {
  /// The score `value`; excluded where it is NaN or infinite.
  static func finite(_ value: Double, details: [String: Double] = [:], of reward: String)
    -> RewardOutcome
  {
    value.isFinite
      ? .score(value, details: details.filter(\.value.isFinite))
      : .excluded(.notFinite(reward: reward))
  }

  /// Why there is no score, where there is none.
  public var exclusion: ExclusionReason? {
    if case .excluded(let reason) = self { reason } else { nil }
  }
}

extension ExclusionReason {
  /// The kind of reason in one word, under which summaries count it.
  public var kind: String {
    switch self {
    case .unreadable: "unreadable"
    case .black: "black"
    case .flat: "flat"
    case .duplicate: "duplicate"
    case .notFinite: "not-finite"
    case .noPrompt: "no-prompt"
    case .belowFloor: "below-floor"
    case .failed: "failed"
    }
  }
}
