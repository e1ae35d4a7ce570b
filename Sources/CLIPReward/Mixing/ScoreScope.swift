/// Which scores make up a group.
public enum ScoreScope: String, Sendable, CaseIterable, Codable {
  /// Those of one prompt.
  case prompt

  /// All that are scored together.
  case round
}
