/// Classical rejection sampling of a discrete distribution, where RAFT's idea comes from: x is drawn
/// from a proposal q, and accepted with probability `p(x) / (M·q(x))`.
///
/// Where `p ≤ M·q` everywhere, what is accepted has the distribution p.
public struct RejectionSampler: Sendable, Equatable {
  /// p, a weight for each outcome; they need not sum to 1.
  public let target: [Double]

  /// q, a probability for each outcome.
  public let proposal: [Double]

  /// M.
  public let bound: Double

  /// What some proposals came to.
  public struct Outcome: Sendable, Equatable {
    /// The outcomes that were accepted, in order.
    public let samples: [Int]

    /// How many were proposed.
    public let proposals: Int

    /// The share of them that was accepted, 0…1.
    public var acceptanceRate: Double {
      proposals == 0 ? 0 : Double(samples.count) / Double(proposals)
    }
  }

  /// A sampler of `target` by way of `proposal`.
  ///
  /// - Parameters:
  ///   - target: p, finite, from 0 up, not all 0.
  ///   - proposal: q, one for each of the target's; they are divided by their sum.
  ///   - bound: M, above 0.
  /// - Throws: ``RAFTError`` for anything else.
  public init(target: [Double], proposal: [Double], bound: Double) throws {
    for (name, weights) in [("target", target), ("proposal", proposal)] {
      guard weights.allSatisfy({ $0.isFinite && $0 >= 0 }), weights.contains(where: { $0 > 0 })
      else {
        throw RAFTError.distribution("the \(name)'s weights are finite, from 0 up and not all 0")
      }
    }
    guard target.count == proposal.count else {
      throw RAFTError.distribution(
        "the target has \(target.count) outcomes and the proposal \(proposal.count); they have the "
          + "same")
    }
    guard bound.isFinite, bound > 0 else {
      throw RAFTError.setting("the bound M", given: "\(bound)", needed: "a finite number above 0")
    }
    let total = proposal.reduce(0, +)
    self.target = target
    self.proposal = proposal.map { $0 / total }
    self.bound = bound
  }

  /// Whether the target is somewhere above M times the proposal: then what is accepted does not
  /// have the target's distribution.
  public var isViolated: Bool {
    zip(target, proposal).contains { $0 > bound * $1 * (1 + 1e-12) }
  }

  /// The least M that is not violated; infinite where the proposal never proposes what the target
  /// has.
  public var leastBound: Double {
    zip(target, proposal).reduce(0) { $1.0 == 0 ? $0 : max($0, $1.0 / $1.1) }
  }

  /// The probability that a proposal is accepted: 1/M for a target that sums to 1, where M is not
  /// violated.
  public var expectedAcceptanceRate: Double {
    zip(target, proposal).reduce(0) { $0 + min($1.0 / bound, $1.1) }
  }

  /// Proposes `count` times, and keeps what is accepted.
  public func sample(proposals count: Int, using generator: inout SplitMix64) -> Outcome {
    var samples: [Int] = []
    for _ in 0..<count {
      let outcome = propose(using: &generator)
      if generator.unit() * bound * proposal[outcome] < target[outcome] {
        samples.append(outcome)
      }
    }
    return Outcome(samples: samples, proposals: count)
  }

  private func propose(using generator: inout SplitMix64) -> Int {
    var left = generator.unit()
    var last = 0
    for (outcome, probability) in proposal.enumerated() where probability > 0 {
      if left < probability { return outcome }
      left -= probability
      last = outcome
    }
    // Rounding has left something over: it belongs to the last outcome that can be.
    return last
  }
}
