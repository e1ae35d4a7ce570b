/// A prompt in A1111's emphasis syntax, taken apart.
///
/// `(x)` multiplies the weight of x by 1.1, `[x]` divides it by 1.1, `(x:1.3)` multiplies it by
/// 1.3; brackets nest; `\(` `\)` `\[` `\]` `\\` are the characters themselves; a bracket that is
/// never closed acts to the end; the word BREAK ends a chunk.
///
/// This is A1111's `parse_prompt_attention` but for three things that there go wrong: BREAK inside
/// brackets is a break (there it becomes a word with a negative weight), a weight that is no number
/// (`(x:1.2.3)`) is text (there an error), and an opening bracket below 100 others is text, which
/// bounds the time that any prompt takes.
public enum EmphasisParser {
  /// A stretch of a prompt.
  public enum Piece: Sendable, Equatable {
    /// Text and its weight, which is 1 outside brackets.
    case text(String, weight: Double)
    /// BREAK: what follows begins a new chunk.
    case chunkBreak
  }

  /// The pieces of `prompt` in order; neighbours of one weight are joined. Never empty.
  public static func parse(_ prompt: String) -> [Piece] {
    var parser = Parser(Array(prompt.unicodeScalars))
    return joined(parser.pieces())
  }

  private static func joined(_ pieces: [Piece]) -> [Piece] {
    var result: [Piece] = []
    var run = (text: "", weight: 1.0)
    var isRunning = false
    func flush() {
      if isRunning { result.append(.text(run.text, weight: run.weight)) }
      isRunning = false
    }
    for piece in pieces {
      switch piece {
      case .chunkBreak:
        flush()
        result.append(.chunkBreak)
      case .text(let text, let weight):
        if isRunning, weight == run.weight {
          run.text += text
        } else {
          flush()
          run = (text, weight)
          isRunning = true
        }
      }
    }
    flush()
    return result.isEmpty ? [.text("", weight: 1)] : result
  }
}

/// One pass over a prompt.
private struct Parser {
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var result: [EmphasisParser.Piece] = []
  /// Where in `result` each open bracket began.
  private var round: [Int] = []
  private var square: [Int] = []

  private static let roundFactor = 1.1
  private static let squareFactor = 1 / 1.1
  private static let deepest = 100

  init(_ scalars: [Unicode.Scalar]) {
    self.scalars = scalars
  }

  mutating func pieces() -> [EmphasisParser.Piece] {
    while position < scalars.count {
      step()
    }
    for start in round { multiply(from: start, by: Self.roundFactor) }
    for start in square { multiply(from: start, by: Self.squareFactor) }
    return result
  }

  private mutating func step() {
    let scalar = scalars[position]
    position += 1
    switch scalar {
    case "\\":
      escape()
    case "(" where round.count < Self.deepest:
      round.append(result.count)
    case "[" where square.count < Self.deepest:
      square.append(result.count)
    case ")" where !round.isEmpty:
      multiply(from: round.removeLast(), by: Self.roundFactor)
    case "]" where !square.isEmpty:
      multiply(from: square.removeLast(), by: Self.squareFactor)
    case ":":
      if let (weight, end) = weight(), let start = round.popLast() {
        position = end
        multiply(from: start, by: weight)
      } else {
        append(":")
      }
    case "(", ")", "[", "]":
      append(String(scalar))
    default:
      text()
    }
  }

  /// A backslash was read: a bracket or backslash behind it stands for itself; else it vanishes.
  private mutating func escape() {
    guard position < scalars.count, ["(", ")", "[", "]", "\\"].contains(scalars[position]) else {
      append("")
      return
    }
    append(String(scalars[position]))
    position += 1
  }

  /// Text up to the next character with a meaning, taken apart at BREAK.
  private mutating func text() {
    let start = position - 1
    while position < scalars.count,
      !["\\", "(", ")", "[", "]", ":"].contains(scalars[position])
    {
      position += 1
    }
    let run = scalars[start..<position]
    for (index, part) in BreakWord.split(run).enumerated() {
      if index > 0 { result.append(.chunkBreak) }
      var text = String.UnicodeScalarView()
      text.append(contentsOf: part)
      append(String(text))
    }
  }

  /// The `1.3)` behind a colon, and where it ends; spaces may stand around the number.
  private func weight() -> (weight: Double, end: Int)? {
    var end = position
    func skipSpace() {
      while end < scalars.count, BreakWord.isSpace(scalars[end]) { end += 1 }
    }
    skipSpace()
    var number = ""
    if end < scalars.count, ["+", "-"].contains(scalars[end]) {
      number.unicodeScalars.append(scalars[end])
      end += 1
    }
    while end < scalars.count, let digit = Self.digit(scalars[end]) {
      number += digit
      end += 1
    }
    skipSpace()
    guard end < scalars.count, scalars[end] == ")", let weight = Double(number), weight.isFinite
    else { return nil }
    return (weight, end + 1)
  }

  /// A decimal digit of any script, or the point.
  private static func digit(_ scalar: Unicode.Scalar) -> String? {
    if scalar == "." { return "." }
    guard scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue
    else { return nil }
    return String(Int(value))
  }

  private mutating func append(_ text: String) {
    result.append(.text(text, weight: 1))
  }

  private mutating func multiply(from start: Int, by factor: Double) {
    for index in start..<result.count {
      guard case .text(let text, let weight) = result[index] else { continue }
      result[index] = .text(text, weight: weight * factor)
    }
  }
}
