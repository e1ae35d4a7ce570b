/// Where scores that have been computed are kept. Failures are not: they are tried again.
public protocol ScoreStore: AnyObject {
  /// The scores that are there, by key.
  func scores(for keys: [ScoreKey]) throws -> [ScoreKey: StoredScore]

  /// Keeps `scores`.
  func store(_ scores: [ScoreKey: StoredScore]) throws
}

/// What a score depends on: all that the reward is told about the image, and the reward itself.
public struct ScoreKey: Sendable, Hashable, Codable {
  /// The reward.
  public let passport: RewardPassport

  /// The image: ``RewardInput/digest``.
  public let digest: String

  /// What it should show.
  public let prompt: String?

  /// What else the reward is told.
  public let metadata: [String: String]

  /// The key of `input` under a reward of `passport`.
  public init(_ input: RewardInput, _ passport: RewardPassport) {
    self.passport = passport
    digest = input.digest
    prompt = input.prompt
    metadata = input.metadata
  }
}

/// A score, and what else the reward told about the image.
public struct StoredScore: Sendable, Equatable, Codable {
  /// The score, finite.
  public let score: Double

  /// More numbers by name.
  public let details: [String: Double]

  /// A score with its details.
  public init(_ score: Double, details: [String: Double] = [:]) {
    self.score = score
    self.details = details
  }
}

/// Scores kept as long as the process runs.
public final class MemoryScoreStore: ScoreStore {
  private var kept: [ScoreKey: StoredScore] = [:]

  /// An empty store.
  public init() {}

  /// The scores that are there, by key.
  public func scores(for keys: [ScoreKey]) -> [ScoreKey: StoredScore] {
    Dictionary(keys.compactMap { key in kept[key].map { (key, $0) } }) { first, _ in first }
  }

  /// Keeps `scores`.
  public func store(_ scores: [ScoreKey: StoredScore]) {
    kept.merge(scores) { _, new in new }
  }
}
