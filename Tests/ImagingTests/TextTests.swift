import Imaging
import Testing

@Suite("Text in a bitmap font")
struct TextTests {
  let font = BitmapFont()

  @Test("every glyph unpacks, and its table is whole")
  func glyphs() {
    #expect(font.glyphCount == 1540)
    #expect(font.rows(of: font.cells(of: "A")[0]).count == BitmapFont.height)
  }

  @Test(
    "the promised characters have glyphs of their own",
    arguments: [
      "AZaz09!~", "ÀÿßŁžŒ", "ΑΩαωάώ", "АЯаяЁёЄї", "…–—“”‘’•€°±×·", "ạẫ", "←→", "e\u{301}u\u{308}",
    ])
  func coverage(text: String) {
    let cells = font.cells(of: text)
    #expect(cells.count == text.count)
    for cell in cells {
      #expect(cell != .unknown && cell != .space)
      #expect(font.rows(of: cell).contains { $0 != 0 })
      #expect(font.rows(of: cell).allSatisfy { $0 & 1 == 0 })
    }
  }

  @Test("other characters are one box each, and white space is a space")
  func others() {
    #expect(font.cells(of: "猫🐈👨‍👩‍👧") == [.unknown, .unknown, .unknown])
    #expect(font.cells(of: " \t\u{A0}\u{7}") == [.space, .space, .space, .space])
    #expect(font.rows(of: .unknown).contains { $0 != 0 })
  }

  @Test("wrapping keeps every word, in lines that fit", arguments: [1, 5, 12, 80])
  func wrapping(columns: Int) {
    let text = "a photograph  of an\nastronaut riding a horse, extraordinarily detailed"
    let lines = TextLayout(text, font, columns: columns, lineCount: 1000).lines
    #expect(lines.allSatisfy { $0.count <= columns && !$0.isEmpty })
    #expect(lines.allSatisfy { $0.first != .space && $0.last != .space })
    let drawn = lines.joined().filter { $0 != .space }
    #expect(Array(drawn) == font.cells(of: text).filter { $0 != .space })
  }

  @Test("what does not fit ends in an ellipsis", arguments: [1, 2, 5, 12], [1, 2])
  func ellipsis(columns: Int, lineCount: Int) {
    let text = String(repeating: "word and ", count: 20)
    let lines = TextLayout(text, font, columns: columns, lineCount: lineCount).lines
    #expect(lines.count == lineCount)
    #expect(lines.allSatisfy { $0.count <= columns })
    #expect(lines.last?.last == font.cells(of: "…").first)
    #expect(TextLayout("short", font, columns: 5, lineCount: 1).lines == [font.cells(of: "short")])
    #expect(TextLayout(" \n ", font, columns: 5, lineCount: 1).lines.isEmpty)
  }
}
