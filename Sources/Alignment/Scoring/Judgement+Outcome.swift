internal import CLIPReward
internal import RAFT

extension Judgement {
  /// What became of an image. A failure's own text begins with its kind, as all reasons here do.
  init(_ outcome: RewardOutcome) {
    switch outcome {
    case .score(let value, _) where value.isFinite: self = .score(value)
    case .score(let value, _): self = .excluded("the score is \(value)")
    case .excluded(.failed(let reason)): self = .excluded(reason)
    case .excluded(let reason): self = .excluded("\(reason.kind): \(reason)")
    }
  }
}
