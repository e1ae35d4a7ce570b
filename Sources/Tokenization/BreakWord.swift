/// Finds the word BREAK: Python's `re.split(r"\s*\bBREAK\b\s*", text)`.
enum BreakWord {
  private static let word = Array("BREAK".unicodeScalars)

  /// The parts of `text` between breaks, without the space around these.
  static func split(_ text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    var parts: [ArraySlice<Unicode.Scalar>] = []
    var start = text.startIndex
    var position = start
    while position < text.endIndex {
      guard isBreak(in: text, at: position) else {
        position += 1
        continue
      }
      var end = position
      while end > start, isSpace(text[end - 1]) { end -= 1 }
      parts.append(text[start..<end])
      position += word.count
      while position < text.endIndex, isSpace(text[position]) { position += 1 }
      start = position
    }
    parts.append(text[start...])
    return parts
  }

  /// Python's `str.isspace`.
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
  }

  private static func isBreak(in text: ArraySlice<Unicode.Scalar>, at position: Int) -> Bool {
    let end = position + word.count
    guard end <= text.endIndex, text[position..<end].elementsEqual(word) else { return false }
    let opens = position == text.startIndex || !isWord(text[position - 1])
    let closes = end == text.endIndex || !isWord(text[end])
    return opens && closes
  }

  /// Python's `\w`: letters, numbers and the underscore.
  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch ScalarKind(scalar) {
    case .letter, .number: true
    case .space, .other: scalar == "_"
    }
  }
}
