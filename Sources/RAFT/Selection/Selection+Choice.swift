extension Selection {
  /// Chooses among a round's candidates, which all have different addresses, as a selection does
  /// that ``validate()`` passes.
  ///
  /// Their order does not matter. A candidate whose key is nil or not a finite number is never
  /// chosen, and of equal keys the lower address ranks higher.
  ///
  /// - Parameters:
  ///   - candidates: what there is to choose from.
  ///   - seeds: where a random selection draws from: purpose `selection`, round and prompt.
  ///   - round: the round, counted from 1.
  ///   - prompts: the prompts that a random selection draws from, one a sample in the order of
  ///     training, as another run's rule chose them; nil for what the imitated rule would choose
  ///     here.
  public func choice(
    among candidates: [RankedCandidate], seeds: RunSeeds, round: Int,
    drawingFrom prompts: [Int]? = nil
  ) -> Choice {
    let ranking = Standing.ranking(of: candidates)
    let outcome =
      if case .random(let like) = strategy {
        Self.drawn(like: like, prompts, from: ranking, seeds: seeds, round: round)
      } else {
        Self.ranked(by: strategy, ranking)
      }
    let keyed = Set(ranking.map(\.address))
    let excluded = candidates.filter { !keyed.contains($0.address) }
      .map { Choice.Rejection(address: $0.address, reason: .excluded) }
    return Choice(
      selected: outcome.selected.map(\.address), rejected: outcome.rejected + excluded)
  }

  private typealias Outcome = (selected: [Standing], rejected: [Choice.Rejection])

  private static func ranked(by strategy: Strategy, _ ranking: [Standing]) -> Outcome {
    let objection = objection(of: strategy, to: ranking)
    var outcome: Outcome = ([], [])
    for standing in ranking {
      if let reason = objection(standing) {
        outcome.rejected.append(.init(address: standing.address, reason: reason))
      } else {
        outcome.selected.append(standing)
      }
    }
    return outcome
  }

  /// What a rule has against a candidate; nothing where it selects it.
  private static func objection(
    of strategy: Strategy, to ranking: [Standing]
  ) -> (Standing) -> Choice.Reason? {
    switch strategy {
    case .bestOfPrompt(let keep):
      return { $0.placeInPrompt < keep ? nil : .notBestOfPrompt }
    case .topFraction(let share):
      let kept = count(of: share, from: ranking.count)
      return { $0.place < kept ? nil : .notInTop }
    case .localThenTop(let prompts):
      return { standing in
        guard standing.placeInPrompt == 0 else { return .notBestOfPrompt }
        return standing.placeOfPrompt < prompts ? nil : .promptDropped
      }
    case .threshold(let least):
      return { $0.key >= least ? nil : .belowThreshold }
    case .percentile(let rank, perPrompt: false):
      let least = percentile(rank, of: ranking)
      return { $0.key >= least ? nil : .belowPercentile }
    case .percentile(let rank, perPrompt: true):
      let least = Dictionary(grouping: ranking, by: \.prompt)
        .mapValues { percentile(rank, of: $0) }
      return { $0.key >= least[$0.prompt, default: .infinity] ? nil : .belowPercentile }
    case .passing(let least):
      return { $0.key < least ? .belowThreshold : $0.isRepeat ? .duplicate : nil }
    case .random:
      return { _ in .notDrawn }
    }
  }

  /// For every candidate that `like` selects, one of the same prompt at random, in the same order:
  /// an optimiser then sees the same prompts at the same steps.
  private static func drawn(
    like: Strategy, _ prompts: [Int]?, from ranking: [Standing], seeds: RunSeeds, round: Int
  ) -> Outcome {
    let imitated = prompts ?? ranked(by: like, ranking).selected.map(\.prompt.index)
    let quotas = imitated.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    var outcome: Outcome = ([], [])
    var drawn: [Int: [Standing]] = [:]
    for (prompt, standings) in Dictionary(grouping: ranking, by: \.prompt) {
      let withoutRepeats = standings.filter { !($0.isRepeat && like.leavesOutRepeats) }
      var generator = SplitMix64(seed: seeds.seed("selection", round, prompt.index))
      let chosen = generator.drawn(
        quotas[prompt.index, default: 0], of: withoutRepeats.sorted { $0.address < $1.address })
      drawn[prompt.index] = chosen.reversed()
      let addresses = Set(chosen.map(\.address))
      for standing in standings where !addresses.contains(standing.address) {
        let reason: Choice.Reason =
          chosen.isEmpty
          ? .promptDropped
          : standing.isRepeat && like.leavesOutRepeats ? .duplicate : .notDrawn
        outcome.rejected.append(.init(address: standing.address, reason: reason))
      }
    }
    outcome.selected = imitated.compactMap { drawn[$0]?.popLast() }
    return outcome
  }

  /// A share of `total`, rounded down, but one where there is one to be had.
  private static func count(of share: Double, from total: Int) -> Int {
    // 0.29 · 100 is 28.999… in binary; a share that people write in decimals means 29.
    max(Int((share * Double(total) + 1e-9).rounded(.down)), 1)
  }

  /// The percentile of the keys of candidates that stand in rank order, linear between two.
  private static func percentile(_ rank: Double, of standings: [Standing]) -> Double {
    let keys = standings.reversed().map(\.key)
    guard !keys.isEmpty else { return .infinity }
    let position = Double(keys.count - 1) * rank / 100
    let below = Int(position)
    let above = min(below + 1, keys.count - 1)
    let value = keys[below] + (keys[above] - keys[below]) * (position - Double(below))
    return min(value, keys[above])
  }
}

extension Selection.Strategy {
  /// Whether of several candidates with one fingerprint only one is chosen.
  fileprivate var leavesOutRepeats: Bool {
    if case .passing = self { true } else { false }
  }
}
