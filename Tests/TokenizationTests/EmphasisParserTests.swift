import Testing
import Tokenization

/// The first group is the examples in A1111's own documentation of parse_prompt_attention; the
/// others follow from its code by hand.
@Suite struct EmphasisParserTests {
  typealias Piece = EmphasisParser.Piece

  static func text(_ text: String, _ weight: Double = 1) -> Piece { .text(text, weight: weight) }

  static let cases: [(String, [Piece])] = [
    ("normal text", [text("normal text")]),
    ("an (important) word", [text("an "), text("important", 1.1), text(" word")]),
    ("(unbalanced", [text("unbalanced", 1.1)]),
    (#"\(literal\]"#, [text("(literal]")]),
    ("(unnecessary)(parens)", [text("unnecessaryparens", 1.1)]),
    (
      "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky)))).",
      [
        text("a "), text("house", 1.3 * 1.1 * 1.1), text(" ", 1.1), text("on", 1 / 1.1 * 1.1),
        text(" a ", 1.1), text("hill", 0.5 * 1.1), text(", sun, ", 1.1),
        text("sky", 1.1 * 1.1 * 1.1 * 1.1), text(".", 1),
      ]
    ),
    ("", [text("")]),
    ("()", [text("")]),
    ("[x]", [text("x", 1 / 1.1)]),
    ("[[x", [text("x", 1 / 1.1 / 1.1)]),
    ("((x))", [text("x", 1.1 * 1.1)]),
    ("(x:2)", [text("x", 2)]),
    ("(x:-0.5)", [text("x", -0.5)]),
    ("(x:+.5)", [text("x", 0.5)]),
    ("(x: 1.5 )y", [text("x", 1.5), text("y")]),
    ("(x:１.٥)", [text("x", 1.5)]),
    ("[x:1.5]", [text("x:1.5", 1 / 1.1)]),
    ("x:1.5)", [text("x:1.5)")]),
    ("(a:b:1.5)", [text("a:b", 1.5)]),
    ("(x:1.2.3)", [text("x:1.2.3", 1.1)]),
    ("(x:)", [text("x:", 1.1)]),
    ("(x:", [text("x:", 1.1)]),
    ("(a [b) c]", [text("a ", 1.1), text("b", 1.1 / 1.1), text(" c", 1 / 1.1)]),
    (")](", [text(")]")]),
    (#"\\ \( \) \[ \] \x \"#, [text(#"\ ( ) [ ] x "#)]),
    (#"(\(a\):1.2)"#, [text("(a)", 1.2)]),
    ("a BREAK b", [text("a"), .chunkBreak, text("b")]),
    ("a\nBREAK\n\nb", [text("a"), .chunkBreak, text("b")]),
    ("BREAK", [text(""), .chunkBreak, text("")]),
    ("BREAK BREAK", [text(""), .chunkBreak, text(""), .chunkBreak, text("")]),
    ("aBREAK BREAKb BREAK_ 9BREAK break", [text("aBREAK BREAKb BREAK_ 9BREAK break")]),
    ("a,BREAK,b", [text("a,"), .chunkBreak, text(",b")]),
    ("(a BREAK b:1.5)", [text("a", 1.5), .chunkBreak, text("b", 1.5)]),
  ]

  @Test("a prompt is taken apart as A1111 does", arguments: cases)
  func parses(prompt: String, expected: [Piece]) {
    let pieces = EmphasisParser.parse(prompt)
    #expect(pieces.count == expected.count, "\(pieces)")
    for (piece, expected) in zip(pieces, expected) {
      guard case .text(let text, let weight) = piece,
        case .text(let expectedText, let expectedWeight) = expected
      else {
        #expect(piece == expected)
        continue
      }
      #expect(text == expectedText)
      #expect(abs(weight - expectedWeight) < 1e-12)
    }
  }

  @Test(
    "half a megabyte of anything is parsed",
    arguments: ["(", "(a", "[a", "\\(", "(a)", ":", "(a:1.1)", "BREAK ", " ", "(a[b)c]", ": "])
  func long(part: String) {
    let prompt = String(repeating: part, count: 500_000 / part.utf8.count)
    #expect(!EmphasisParser.parse(prompt).isEmpty)
  }

  @Test("an opening bracket below 100 others is text")
  func deep() {
    let prompt = String(repeating: "(", count: 101) + "a"
    #expect(EmphasisParser.parse(prompt).first.map { "\($0)" }?.contains("(a") == true)
  }
}
