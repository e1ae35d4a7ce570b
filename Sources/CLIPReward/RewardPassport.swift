/// Everything that a score depends on besides the image and its prompt. Scores of different
/// passports are not on one scale: they are never compared or mixed raw.
public struct RewardPassport: Sendable, Hashable, Codable {
  /// The kind of reward, such as `aesthetic`, `clip`, `jpeg-size` or `command`.
  public let reward: String

  /// Facts by name, such as `head`, `head_sha256`, `clip_sha256`, `activation`, `preprocessing`.
  public let facts: [String: String]

  /// The passport of a reward.
  public init(reward: String, facts: [String: String]) {
    self.reward = reward
    self.facts = facts
  }
}
