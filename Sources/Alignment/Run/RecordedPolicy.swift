internal import Policies
internal import RAFT
internal import RunStore

/// A run's policy: what the run's folder has is neither sampled nor learned again.
struct RecordedPolicy: Policy {
  let maker: ImageMaker
  let learner: Learner
  let library: SampleLibrary
  let ledger: RunLedger

  func candidates(for requests: [SampleRequest<String>]) throws
    -> [Candidate<String, DiffusionSample>]
  {
    guard let round = requests.first?.address.round else { return [] }
    let rows = try maker.collected(requests, after: round - 1)
    return try zip(requests, rows).map { try library.candidate($0, $1) }
  }

  func divergences(of candidates: [Candidate<String, DiffusionSample>]) throws -> [Double] {
    guard let round = candidates.first?.request.address.round else { return [] }
    let addresses = candidates.map(\.request.address)
    let adapter = try learner.digest(after: round - 1)
    let known = try ledger.divergences(at: addresses, adapter: adapter)
    if known.count == addresses.count { return addresses.compactMap { known[$0] } }
    let found = try learner.divergences(of: candidates, after: round - 1)
    try ledger.record(
      divergences: zip(addresses, found).map { DivergenceRow($0, adapter: adapter, $1) })
    return found
  }

  func fineTune(on examples: [Candidate<String, DiffusionSample>], round: Int) throws
    -> TuningReport
  {
    if let done = try ledger.round(round).tuning { return done.report }
    return try learner.fineTune(on: examples, round: round)
  }
}
