/// What a selection chose of a round's candidates, and why not the others.
public struct Choice: Sendable, Equatable, Codable {
  /// What is learned from, in its order: the best first. A random selection has a candidate of the
  /// same prompt wherever the rule that it imitates has one.
  public let selected: [SampleAddress]

  /// Everything else, in the order of addresses.
  public let rejected: [Rejection]

  /// A candidate that is not learned from.
  public struct Rejection: Sendable, Equatable, Codable {
    /// Which one it is.
    public let address: SampleAddress
    /// Why.
    public let reason: Reason

    /// A candidate and why it is not learned from.
    public init(address: SampleAddress, reason: Reason) {
      self.address = address
      self.reason = reason
    }
  }

  /// Why a candidate was not selected.
  public enum Reason: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
    /// It has no sample, no score or none that is a number; its judgement says why.
    case excluded
    /// Its prompt has enough candidates that rank higher.
    case notBestOfPrompt = "not-best-of-prompt"
    /// It is the best of its prompt, but other prompts' are better; in a random selection, the rule
    /// that it imitates selects nothing of the prompt.
    case promptDropped = "prompt-dropped"
    /// Enough candidates of the round rank higher.
    case notInTop = "not-in-top"
    /// It ranks below the threshold.
    case belowThreshold = "below-threshold"
    /// It ranks below the percentile.
    case belowPercentile = "below-percentile"
    /// A candidate of the same prompt that ranks higher has the same fingerprint.
    case duplicate
    /// Chance took others.
    case notDrawn = "not-drawn"
  }

  /// A choice; `rejected` is put into the order of addresses.
  init(selected: [SampleAddress], rejected: [Rejection]) {
    self.selected = selected
    self.rejected = rejected.sorted { $0.address < $1.address }
  }

  /// Why each candidate that is not learned from is not.
  public var reasons: [SampleAddress: Reason] {
    Dictionary(rejected.map { ($0.address, $0.reason) }) { first, _ in first }
  }

  /// How many candidates were left out for each reason.
  public var counts: [Reason: Int] {
    rejected.reduce(into: [:]) { $0[$1.reason, default: 0] += 1 }
  }
}

extension Choice.Reason: CustomStringConvertible {
  /// For people, after a number or a candidate's name: `not the best of its prompt`.
  public var description: String {
    switch self {
    case .excluded: "excluded"
    case .notBestOfPrompt: "not the best of its prompt"
    case .promptDropped: "its prompt dropped"
    case .notInTop: "not among the best of the round"
    case .belowThreshold: "below the threshold"
    case .belowPercentile: "below the percentile"
    case .duplicate: "a duplicate"
    case .notDrawn: "not drawn"
    }
  }
}
