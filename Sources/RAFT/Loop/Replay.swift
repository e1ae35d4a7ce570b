/// The best candidate of each prompt that any round so far has selected.
///
/// Rounds are compared by their keys, so the reward has to mean the same in every round: one that is
/// standardised within a round or a prompt ranks within it only.
public struct Replay<Prompt: Sendable, Sample> {
  private var best: [Int: (key: Double, candidate: Candidate<Prompt, Sample>)] = [:]

  /// A pool of nothing.
  public init() {}

  /// Its candidates, in the order of their prompts.
  public var candidates: [Candidate<Prompt, Sample>] {
    best.sorted { $0.key < $1.key }.map(\.value.candidate)
  }

  /// Keeps a candidate where no better one of its prompt is there; of equal keys, the one with the
  /// lower address stays.
  public mutating func keep(_ candidate: Candidate<Prompt, Sample>, key: Double) {
    let address = candidate.request.address
    if let other = best[address.prompt] {
      let isBetter =
        key != other.key ? key > other.key : address < other.candidate.request.address
      guard isBetter else { return }
    }
    best[address.prompt] = (key, candidate)
  }
}
