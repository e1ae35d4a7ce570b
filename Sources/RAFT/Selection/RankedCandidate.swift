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
