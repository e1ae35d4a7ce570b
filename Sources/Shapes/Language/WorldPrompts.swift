internal import RAFT

/// Prompts to train on, to decide by and to report on. No prompt is in two of the three, and test
/// has pairs of colour and shape that the other two never name: each colour and each shape is in
/// one such pair.
package struct WorldPrompts: Sendable, Hashable {
  /// The prompts to train on.
  package let train: [String]

  /// The prompts to decide by.
  package let dev: [String]

  /// The prompts to report on.
  package let test: [String]

  /// Single solid figures, most of them with their size or their background: 48, 16 and 48 prompts.
  package static func resolution(seed: UInt64) -> WorldPrompts {
    var deck = Deck(seed: seed)
    return WorldPrompts(
      train: deck.prompts([
        (22, PromptPlan.plain(deck.seen)), (26, PromptPlan.detailed(deck.seen)),
      ]),
      dev: deck.prompts([
        (5, PromptPlan.plain(deck.seen)), (11, PromptPlan.detailed(deck.seen)),
      ]),
      test: deck.prompts([
        (6, PromptPlan.plain(deck.unseen)), (3, PromptPlan.plain(deck.seen)),
        (18, PromptPlan.detailed(deck.unseen)), (21, PromptPlan.detailed(deck.seen)),
      ]))
  }

  /// Styled figures, a quarter of the prompts for two solid ones: 64, 16 and 48 of them.
  package static func alignment(seed: UInt64) -> WorldPrompts {
    var deck = Deck(seed: seed)
    return WorldPrompts(
      train: deck.prompts([
        (48, PromptPlan.styled(deck.seen)), (16, PromptPlan.pairs(deck.seen)),
      ]),
      dev: deck.prompts([
        (12, PromptPlan.styled(deck.seen)), (4, PromptPlan.pairs(deck.seen)),
      ]),
      test: deck.prompts([
        (18, PromptPlan.styled(deck.unseen)), (18, PromptPlan.styled(deck.seen)),
        (6, PromptPlan.pairs(deck.unseen)), (6, PromptPlan.pairs(deck.seen)),
      ]))
  }

  /// Deals prompts, none twice.
  private struct Deck {
    /// The kinds that only test may name: each colour and each shape once.
    let unseen: [Kind]
    /// The other kinds.
    let seen: [Kind]
    private var generator: SplitMix64
    private var dealt: Set<PromptPlan> = []

    init(seed: UInt64) {
      generator = SplitMix64(seed: seed)
      let colors = generator.shuffled(Color.allCases)
      let unseen = zip(colors, Shape.allCases).map { Kind($0, $1) }
      self.unseen = unseen
      seen = Kind.all.filter { !unseen.contains($0) }
    }

    /// `count` prompts that were not dealt before of each list, in an order drawn.
    mutating func prompts(_ draws: [(count: Int, plans: [PromptPlan])]) -> [String] {
      var hand: [PromptPlan] = []
      for (count, plans) in draws {
        let plans = generator.drawn(count, of: plans.filter { !dealt.contains($0) })
        dealt.formUnion(plans)
        hand += plans
      }
      return generator.shuffled(hand).map { plan in
        var plan = plan
        if generator.unit() < 0.5 { plan.kinds.reverse() }
        return plan.text
      }
    }
  }
}
