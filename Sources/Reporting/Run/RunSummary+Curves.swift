extension RunSummary {
  /// A number of each round as a curve; rounds that lack it are left out.
  func curve(_ name: String, _ value: (Round) -> Double?) -> Series {
    curve(name) { round in value(round).map { Estimate($0) } }
  }

  /// An estimate of each round as a curve with intervals.
  func curve(_ name: String, of rounds: [Round]? = nil, _ estimate: (Round) -> Estimate?) -> Series
  {
    Series(
      name,
      (rounds ?? self.rounds).compactMap { round in
        estimate(round).map { .init(round: round.number, value: $0.value, interval: $0.span) }
      })
  }

  /// How often each prompt was sampled and selected over all rounds, by the order in which prompts
  /// first come up.
  var promptCounts: [PromptCount] {
    var order: [String] = []
    var counts: [String: PromptCount] = [:]
    for count in rounds.flatMap(\.prompts) {
      if counts[count.prompt] == nil { order.append(count.prompt) }
      counts[count.prompt, default: PromptCount(count.prompt, sampled: 0, selected: 0)] += count
    }
    return order.compactMap { counts[$0] }
  }

  /// The blocks that any round has a norm of, in the order in which they first come up.
  var blocks: [String] {
    var blocks: [String] = []
    for norm in rounds.flatMap(\.adapterNorms) where !blocks.contains(norm.block) {
      blocks.append(norm.block)
    }
    return blocks
  }
}

extension RunSummary.PromptCount {
  fileprivate static func += (left: inout Self, right: Self) {
    left.sampled += right.sampled
    left.selected += right.selected
  }
}
