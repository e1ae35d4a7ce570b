/// How far a round has come.
package struct RoundRow: Sendable, Equatable, Codable {
  /// The round, counted from 1; 0 for what is measured before the first.
  package let round: Int

  /// The stages that are done.
  package var stages: Set<RunStage>

  /// What the fine-tuning left; nil until it is done.
  package var tuning: TuningRow?

  /// The round's numbers, by name.
  package var metrics: [String: Double]

  /// A round that has come so far.
  package init(
    _ round: Int, stages: Set<RunStage> = [], tuning: TuningRow? = nil,
    metrics: [String: Double] = [:]
  ) {
    self.round = round
    self.stages = stages
    self.tuning = tuning
    self.metrics = metrics
  }
}
