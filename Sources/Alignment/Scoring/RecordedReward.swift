internal import CLIPReward
internal import Policies
internal import RAFT
internal import RunStore

/// A run's reward: what the ledger knows is not judged again.
struct RecordedReward: Reward {
  let scorer: Scorer
  let ledger: RunLedger

  func judgements(of candidates: [Candidate<String, DiffusionSample>]) throws -> [Judgement] {
    let addresses = candidates.map(\.request.address)
    let rows = try ledger.samples(at: addresses)
    return try scorer.judgements(of: addresses.compactMap { rows[$0] }, in: .reward)
  }
}
