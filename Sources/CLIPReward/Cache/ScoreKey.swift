internal import Files

/// What a score depends on: the pixels, all else that the reward is told, and the reward itself.
struct ScoreKey: Hashable {
  /// `RewardInput.cacheKey`.
  let image: String

  /// SHA-256 of the prompt and the metadata.
  let request: String

  /// `RewardPassport.digest`.
  let passport: String

  /// The key of `input` under a reward whose passport has this digest.
  init(_ input: RewardInput, passport: String) {
    image = input.cacheKey
    self.passport = passport
    let metadata = input.metadata.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
    let parts = [input.prompt.map { "+\($0)" } ?? "-"] + metadata
    // The lengths first: no two lists become the same bytes.
    request = Digest.sha256(parts.map { "\($0.utf8.count):\($0)" }.joined().utf8)
  }
}
