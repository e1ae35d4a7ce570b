import RAFT

/// A policy whose samples are written down: sample k of prompt p in round r is `rounds[r−1][p][k]`,
/// and one that is nil fails.
final class Script: Policy {
  let rounds: [[[Double?]]]

  /// What the model's divergence at a sample is.
  var divergence: (Double) -> Double = { _ in 0 }

  /// How many more, or fewer, candidates it gives than it is asked for.
  var surplus = 0

  /// Whether it answers in reverse.
  var isReversed = false

  /// What was called, in order.
  private(set) var calls: [String] = []

  /// What each round learned from.
  private(set) var lessons: [[SampleAddress]] = []

  init(_ rounds: [[[Double?]]]) {
    self.rounds = rounds
  }

  func candidates(for requests: [SampleRequest<String>]) -> [Candidate<String, Double>] {
    calls.append("sample \(requests.count)")
    let candidates = requests.map { request in
      let address = request.address
      let sample = rounds[address.round - 1][address.prompt][address.index]
      return sample.map { Candidate(request, $0) } ?? Candidate(request, failure: "no image")
    }
    let ordered = isReversed ? candidates.reversed() : candidates
    return Array(ordered.prefix(requests.count + surplus))
  }

  func divergences(of candidates: [Candidate<String, Double>]) -> [Double] {
    calls.append("diverge \(candidates.count)")
    return candidates.map { $0.sample.map(divergence) ?? .nan }
  }

  func fineTune(on examples: [Candidate<String, Double>], round: Int) -> TuningReport {
    calls.append("tune \(examples.count)")
    lessons.append(examples.map(\.request.address))
    return TuningReport(steps: examples.count, meanLoss: 0.5, lastLoss: 0.25)
  }
}

/// The samples themselves, but excluded where they are below a floor.
struct Identity: Reward {
  var floor = -Double.greatestFiniteMagnitude
  var surplus = 0

  func judgements(of candidates: [Candidate<String, Double>]) -> [Judgement] {
    let judgements = candidates.map { candidate -> Judgement in
      guard let sample = candidate.sample else { return .excluded(candidate.failure ?? "") }
      return sample < floor ? .excluded("too dark") : .score(sample)
    }
    return Array(judgements.prefix(candidates.count + surplus))
  }
}
