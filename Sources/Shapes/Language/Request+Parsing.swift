extension Request {
  /// Reads a prompt in the words of ``CaptionGrammar``, whatever their case.
  ///
  /// Sizes are read over: a request does not hold them. "shape" and "thing" leave the shape open. A
  /// style named for one figure holds for all.
  ///
  /// - Throws: ``ShapesError``, where the prompt says what this world has no word for.
  package init(parsing prompt: String) throws(ShapesError) {
    var reader = PromptReader(prompt)
    self = try reader.request()
  }
}

/// Reads a prompt word by word.
private struct PromptReader {
  private let prompt: String
  private let words: [String]
  private var position = 0
  private var style: Style?
  private var background: Background?

  private static let shapes = Lexicon.meanings(Lexicon.words(for:) as (Shape) -> [String])
  private static let colors = Lexicon.meanings(Lexicon.words(for:) as (Color) -> [String])
  private static let styles = Lexicon.meanings(Lexicon.words(for:) as (Style) -> [String])
  private static let sizes = Lexicon.meanings(Lexicon.words(for:) as (Figure.Size) -> [String])
  private static let backgrounds = Lexicon.meanings(
    Lexicon.words(for:) as (Background) -> [String])
  private static let relations = Lexicon.meanings(Lexicon.phrases(for:)).map { phrase, relation in
    (words: phrase.split(separator: " ").map(String.init), relation: relation)
  }

  init(_ prompt: String) {
    self.prompt = prompt
    var text = prompt.lowercased()
    while let last = text.last, last.isWhitespace || last == "." { text.removeLast() }
    words = text.split(whereSeparator: \.isWhitespace).flatMap(Self.withoutCommas)
  }

  /// A word, and the commas around it as words of their own.
  private static func withoutCommas(_ word: Substring) -> [String] {
    word.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      .flatMap { [",", $0] }.dropFirst().filter { !$0.isEmpty }
  }

  mutating func request() throws(ShapesError) -> Request {
    readPrefix()
    var items = [try item()]
    var relation: Request.Relation?
    while true {
      if let found = readRelation() {
        guard items.count == 1 else { throw .relationAmongThree(prompt: prompt) }
        relation = found
      } else if !readConjunction() {
        break
      }
      items.append(try item())
      if relation != nil && items.count > 2 { throw .relationAmongThree(prompt: prompt) }
    }
    try readEnding()
    guard items.count <= 3 else { throw .tooManyFigures(items.count, prompt: prompt) }
    return Request(items, relation: relation, style: style, background: background)
  }

  /// "a drawing of".
  private mutating func readPrefix() {
    let start = position
    readArticle()
    if !Lexicon.pictures.contains(where: { read([$0, "of"]) }) { position = start }
  }

  private mutating func readArticle() {
    if !read(["a"]) { _ = read(["an"]) }
  }

  /// "a small striped red circle".
  private mutating func item() throws(ShapesError) -> Request.Item {
    readArticle()
    var item = Request.Item(nil, nil)
    while let word = word {
      position += 1
      if let shape = Self.shapes[word] {
        item.shape = shape
        return item
      }
      if Lexicon.vagueNouns.contains(word) { return item }
      if let named = Self.styles[word] {
        try set(named)
        _ = read(["style"])
      } else if let color = Self.colors[word], item.color == nil {
        item.color = color
      } else if Self.sizes[word] == nil {
        throw .unknownWord(word, prompt: prompt, expected: "a size, style, colour or shape")
      }
    }
    throw .unfinished(prompt: prompt, expected: "a shape")
  }

  private mutating func readConjunction() -> Bool {
    if read([","]) {
      _ = read(["and"])
      return true
    }
    return read(["and"])
  }

  private mutating func readRelation() -> Request.Relation? {
    for (words, relation) in Self.relations where read(words) { return relation }
    return nil
  }

  /// "in striped style", "on a white background", and nothing after them.
  private mutating func readEnding() throws(ShapesError) {
    while let word = word {
      position += 1
      switch word {
      case "in":
        readArticle()
        try set(try meaning(in: Self.styles, expected: "a style"))
        try expect("style")
      case "on":
        readArticle()
        try set(try meaning(in: Self.backgrounds, expected: "a background's colour"))
        try expect("background")
      default:
        throw .unknownWord(
          word, prompt: prompt, expected: "“and”, a relation, “in … style” or “on a … background”")
      }
    }
  }

  private mutating func set(_ named: Style) throws(ShapesError) {
    if let style, style != named { throw .twoStyles(style, named, prompt: prompt) }
    style = named
  }

  private mutating func set(_ named: Background) throws(ShapesError) {
    if let background, background != named {
      throw .twoBackgrounds(background, named, prompt: prompt)
    }
    background = named
  }

  private mutating func meaning<Thing>(
    in meanings: [String: Thing], expected: String
  ) throws(ShapesError) -> Thing {
    guard let word else { throw .unfinished(prompt: prompt, expected: expected) }
    guard let meaning = meanings[word] else {
      throw .unknownWord(word, prompt: prompt, expected: expected)
    }
    position += 1
    return meaning
  }

  private mutating func expect(_ expected: String) throws(ShapesError) {
    guard let word else { throw .unfinished(prompt: prompt, expected: "“\(expected)”") }
    guard read([expected]) else {
      throw .unknownWord(word, prompt: prompt, expected: "“\(expected)”")
    }
  }

  private var word: String? { position < words.count ? words[position] : nil }

  /// Goes past `next` where exactly these words follow.
  private mutating func read(_ next: [String]) -> Bool {
    guard words[position...].starts(with: next) else { return false }
    position += next.count
    return true
  }
}
