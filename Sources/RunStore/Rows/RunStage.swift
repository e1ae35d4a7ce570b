/// The stages of a round, in their order.
public enum RunStage: String, Sendable, Codable, CaseIterable {
  case sample
  case score
  case select
  case tune
  case evaluate
}
