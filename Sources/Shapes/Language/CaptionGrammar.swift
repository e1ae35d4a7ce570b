package import RAFT

/// Says in lower-case English what a scene shows.
///
/// A style other than `solid` is always named, while a figure's shape and colour are often passed
/// over beside it: a model that learns from such captions heeds the style more than the thing.
package struct CaptionGrammar: Sendable {
  /// The share of a styled scene's captions that call the figures "shape" or "thing"; half of those
  /// say no colour either.
  package var vagueness: Double

  /// How often a synonym stands in for the usual word, or another turn of phrase for the usual one.
  private static let rarity = 0.25

  /// A grammar.
  ///
  /// - Parameter vagueness: the share of a styled scene's captions that do not say the shapes, 0…1.
  package init(vagueness: Double = 0.5) {
    self.vagueness = vagueness
  }

  /// A caption of `scene`.
  ///
  /// How much is drawn depends on the number of figures alone, so that scenes that differ in one
  /// colour or shape get captions that differ in that one word (and perhaps its article) from
  /// generators in the same state.
  package func caption(of scene: Scene, using generator: inout SplitMix64) -> String {
    let prefix = Self.rare(Lexicon.pictures, using: &generator)
    let isVague = generator.unit() < vagueness && scene.style != .solid
    let isColorless = generator.unit() < 0.5 && isVague
    let styleWord = Self.word(Lexicon.words(for: scene.style), using: &generator)
    let saysStyleLast = generator.unit() < Self.rarity
    let saysRelation = generator.unit() < 0.5
    let saysBackground = generator.unit() < 0.5
    let backgroundWord = Self.word(Lexicon.words(for: scene.background), using: &generator)

    let nouns = scene.figures.map { figure in
      let saysSize = generator.unit() < 0.5
      let size = Self.word(Lexicon.words(for: figure.size), using: &generator)
      let color = Self.word(Lexicon.words(for: figure.color), using: &generator)
      let shape = Self.word(Lexicon.words(for: figure.shape), using: &generator)
      let vague = generator.element(of: Lexicon.vagueNouns)
      let words = [
        saysSize ? size : nil, saysStyleLast ? nil : styleWord, isColorless ? nil : color,
        isVague ? vague : shape,
      ]
      return Lexicon.withArticle(words.compactMap { $0 }.joined(separator: " "))
    }
    var relation: String?
    if scene.figures.count == 2 {
      let phrases = Lexicon.phrases(for: .init(of: scene.figures[0], from: scene.figures[1]))
      let phrase = Self.word(phrases, using: &generator)
      relation = saysRelation ? phrase : nil
    }

    var caption = prefix.map { Lexicon.withArticle($0) + " of " } ?? ""
    caption += nouns.dropLast().joined(separator: ", ")
    if let last = nouns.last {
      caption += nouns.count > 1 ? " \(relation ?? "and") \(last)" : last
    }
    if saysStyleLast, let styleWord { caption += " in \(styleWord) style" }
    if saysBackground, let backgroundWord {
      caption += " on \(Lexicon.withArticle(backgroundWord)) background"
    }
    return caption
  }

  /// Every word, and the comma, that a caption can hold.
  package static let words: [String] = {
    let fixed = ["a", "an", "and", ",", "of", "in", "style", "on", "background"]
    var words: [String] = fixed + Lexicon.pictures + Lexicon.vagueNouns
    words += Figure.Size.allCases.flatMap(Lexicon.words)
    words += Style.allCases.flatMap(Lexicon.words)
    words += Color.allCases.flatMap(Lexicon.words)
    words += Shape.allCases.flatMap(Lexicon.words)
    words += Background.allCases.flatMap(Lexicon.words)
    for phrase in Request.Relation.allCases.flatMap(Lexicon.phrases) {
      words += phrase.split(separator: " ").map(String.init).filter { !words.contains($0) }
    }
    return words
  }()

  /// The usual word, or now and then a synonym; nil where there is none.
  private static func word(_ words: [String], using generator: inout SplitMix64) -> String? {
    rare(Array(words.dropFirst()), using: &generator) ?? words.first
  }

  /// Now and then one of `words`, else nil.
  private static func rare(_ words: [String], using generator: inout SplitMix64) -> String? {
    let share = generator.unit() / rarity
    return share < 1 && !words.isEmpty ? words[Int(share * Double(words.count))] : nil
  }
}
