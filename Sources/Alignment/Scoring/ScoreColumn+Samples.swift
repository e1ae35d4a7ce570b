internal import CLIPReward
internal import RAFT
internal import RunStore

extension ScoreColumn {
  /// What a component says of a run's samples.
  ///
  /// - Parameters:
  ///   - refusals: why samples are not judged at all.
  ///   - judgement: what it said of the others.
  init(
    _ component: Judge.Component, of rows: [SampleRow], refusals: [SampleAddress: String],
    judgement: (SampleAddress) -> Judgement?
  ) {
    self.init(
      name: component.name, passport: component.reward.passport,
      outcomes: rows.map { row in
        if let reason = refusals[row.address] { return .excluded(.failed(reason)) }
        return switch judgement(row.address) {
        case .score(let value)?: .score(value)
        case .excluded(let reason)?: .excluded(.failed(reason))
        case nil: .excluded(.failed("failed: it was not scored"))
        }
      })
  }
}
