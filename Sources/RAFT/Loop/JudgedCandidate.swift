/// A candidate, what a reward says of it, and what it is ranked by.
public struct JudgedCandidate<Prompt: Sendable, Sample> {
  /// The candidate.
  public let candidate: Candidate<Prompt, Sample>

  /// What the reward says, or why there is nothing to be ranked by.
  public let judgement: Judgement

  /// How far the model has moved at it; nil where β is 0 or the candidate is excluded.
  public let divergence: Double?

  /// What the selection sees of it.
  public let ranked: RankedCandidate

  /// Which one it is.
  public var address: SampleAddress { candidate.request.address }

  /// A candidate that is excluded for what is no number: a sample, a score, a divergence, a key.
  init(
    _ candidate: Candidate<Prompt, Sample>, _ judgement: Judgement, divergence: Double?,
    beta: Double, fingerprint: String?
  ) {
    let judgement = Self.checked(judgement, of: candidate, divergence: divergence)
    self.candidate = candidate
    self.judgement = judgement
    self.divergence = judgement.score == nil ? nil : divergence
    ranked = RankedCandidate(
      address: candidate.request.address,
      key: judgement.score.map {
        RegularisedRanking.key(score: $0, divergence: divergence ?? 0, beta: beta)
      },
      fingerprint: fingerprint)
  }

  /// A judgement that is a score only where there is a sample and a finite score and divergence.
  static func checked(
    _ judgement: Judgement, of candidate: Candidate<Prompt, Sample>, divergence: Double? = nil
  ) -> Judgement {
    guard let score = judgement.score else { return judgement }
    guard candidate.sample != nil else {
      return .excluded(candidate.failure ?? "there is no sample")
    }
    guard score.isFinite else { return .excluded("its score is \(score)") }
    if let divergence, !divergence.isFinite {
      return .excluded("its divergence from the base is \(divergence)")
    }
    return judgement
  }
}

extension Sequence {
  /// How many candidates are excluded for each reason.
  func countedExclusions<Prompt, Sample>() -> [String: Int]
  where Element == JudgedCandidate<Prompt, Sample> {
    reduce(into: [:]) { counts, judged in
      if case .excluded(let reason) = judged.judgement { counts[reason, default: 0] += 1 }
    }
  }
}
