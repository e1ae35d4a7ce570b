/// The words for what is in this world: each thing's usual word first, then its synonyms.
enum Lexicon {
  static func words(for shape: Shape) -> [String] {
    switch shape {
    case .circle: ["circle", "disc"]
    case .square: ["square", "box"]
    case .triangle, .star, .heart: [shape.rawValue]
    case .cross: ["cross", "plus"]
    }
  }

  static func words(for color: Color) -> [String] {
    switch color {
    case .purple: ["purple", "violet"]
    case .red, .orange, .yellow, .green, .blue: [color.rawValue]
    }
  }

  static func words(for background: Background) -> [String] {
    switch background {
    case .grey: ["grey", "gray"]
    case .black: ["black", "dark"]
    case .white, .beige: [background.rawValue]
    }
  }

  /// The words for a size; `medium` goes without saying.
  static func words(for size: Figure.Size) -> [String] {
    switch size {
    case .small: ["small", "little", "tiny"]
    case .medium: []
    case .large: ["large", "big"]
    }
  }

  /// The words for a style; `solid` goes without saying.
  static func words(for style: Style) -> [String] {
    switch style {
    case .solid: []
    case .outlined: ["outlined", "outline"]
    case .striped, .dotted, .pastel: [style.rawValue]
    }
  }

  /// How a relation is said.
  static func phrases(for relation: Request.Relation) -> [String] {
    switch relation {
    case .leftOf: ["left of", "to the left of"]
    case .rightOf: ["right of", "to the right of"]
    case .above, .below: [relation.rawValue]
    }
  }

  /// Words for a figure of whatever shape.
  static let vagueNouns = ["shape", "thing"]

  /// What a picture may be called: "a drawing of …".
  static let pictures = ["picture", "drawing", "image"]

  /// "a" or "an", whichever stands before `word`.
  static func article(before word: String) -> String {
    word.first.map("aeiou".contains) == true ? "an" : "a"
  }

  /// `words` with "a" or "an" before them.
  static func withArticle(_ words: String) -> String {
    "\(article(before: words)) \(words)"
  }

  /// The thing that each word stands for.
  static func meanings<Thing: CaseIterable>(_ words: (Thing) -> [String]) -> [String: Thing] {
    Dictionary(
      Thing.allCases.flatMap { thing in words(thing).map { ($0, thing) } },
      uniquingKeysWith: { first, _ in first })
  }
}
