/// A prompt before it is worded: one or two figures, and what is said about them.
struct PromptPlan: Sendable, Hashable {
  var kinds: [Kind]
  var size: Figure.Size?
  var style = Style.solid
  var background: Background?

  /// The prompt in the usual words, such as "a striped red circle on a white background".
  var text: String {
    let figures = kinds.map { kind in
      Self.withArticle([
        size.flatMap { Lexicon.words(for: $0).first }, Lexicon.words(for: style).first,
        Lexicon.words(for: kind.color).first, Lexicon.words(for: kind.shape).first,
      ])
    }
    let ground = background.map {
      " on " + Self.withArticle([Lexicon.words(for: $0).first, "background"])
    }
    return figures.joined(separator: " and ") + (ground ?? "")
  }

  private static func withArticle(_ words: [String?]) -> String {
    Lexicon.withArticle(words.compactMap { $0 }.joined(separator: " "))
  }

  /// A solid figure of each kind: "a red circle".
  static func plain(_ kinds: [Kind]) -> [PromptPlan] {
    kinds.map { PromptPlan(kinds: [$0]) }
  }

  /// Solid figures of which the size or the background is said as well.
  static func detailed(_ kinds: [Kind]) -> [PromptPlan] {
    kinds.flatMap { kind in
      [.small, .large].map { PromptPlan(kinds: [kind], size: $0) }
        + Background.allCases.map { PromptPlan(kinds: [kind], background: $0) }
    }
  }

  /// Figures in each style that is not solid.
  static func styled(_ kinds: [Kind]) -> [PromptPlan] {
    kinds.flatMap { kind in
      Style.allCases.filter { $0 != .solid }.map { PromptPlan(kinds: [kind], style: $0) }
    }
  }

  /// Two solid figures that differ in colour and in shape, each two once.
  static func pairs(_ kinds: [Kind]) -> [PromptPlan] {
    kinds.enumerated().flatMap { index, one in
      kinds.dropFirst(index + 1)
        .filter { $0.color != one.color && $0.shape != one.shape }
        .map { PromptPlan(kinds: [one, $0]) }
    }
  }
}
