import Testing
import Tokenization

@Suite struct CLIPTokenizerLawTests {
  let tokenizer: CLIPTokenizer

  init() throws {
    tokenizer = try CLIPTokenizer(folder: Fixture.path("parts"))
  }

  @Test("a prompt becomes 77 ids: begin, its tokens, end, padding")
  func padding() {
    let prompt = tokenizer.tokens(for: "a cat")
    #expect(prompt.ids.count == 77)
    #expect(prompt.count == tokenizer.count("a cat"))
    #expect(prompt.ids.first == tokenizer.beginID)
    #expect(prompt.ids.dropFirst(prompt.endIndex).allSatisfy { $0 == tokenizer.endID })
    #expect(prompt.truncatedText == nil)
  }

  @Test("exactly 75 tokens fit, and the 76th is reported as text", arguments: [75, 76])
  func truncation(count: Int) {
    let text = [String](repeating: "a", count: count).joined(separator: " ")
    let prompt = tokenizer.tokens(for: text)
    #expect(prompt.ids.count == 77)
    #expect(prompt.count == 75)
    #expect(prompt.ids.last == tokenizer.endID)
    #expect(prompt.truncatedText == (count == 75 ? nil : "a"))
  }

  @Test(
    "decoding what was encoded gives the words back", arguments: ["a photo of a cat", "кошка 猫"])
  func decoding(text: String) {
    #expect(tokenizer.decode(tokenizer.encode(text)) == text)
  }

  @Test("ids that do not exist are left out of a decoded text")
  func decodingUnknownIDs() {
    #expect(tokenizer.decode([-1, 1_000_000, Int.max, Int.min]) == "")
  }

  @Test(
    "a megabyte without a space is encoded, and comes back",
    arguments: ["a", "ab", "the", "'", "猫", "e\u{301}", "1", "<|"])
  func longWord(part: String) {
    let text = String(repeating: part, count: 1_000_000 / part.utf8.count)
    let ids = tokenizer.encode(text)
    #expect(!ids.isEmpty)
    let decoded = tokenizer.decode(ids).filter { $0 != " " }
    #expect(decoded.utf8.count == CLIPNormalForm.length(text))
  }

  @Test("combining marks without end are encoded")
  func longMarks() {
    let text = "a" + String(repeating: "\u{301}\u{323}", count: 20_000)
    #expect(!tokenizer.encode(text).isEmpty)
  }

  @Test("bytes of any kind, read as text, have tokens and a decoded form")
  func anyBytes() {
    var state: UInt64 = 9
    for _ in 0..<2_000 {
      var bytes: [UInt8] = []
      for _ in 0..<40 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes.append(UInt8(truncatingIfNeeded: state >> 33))
      }
      let text = String(decoding: bytes, as: UTF8.self)
      let ids = tokenizer.encode(text)
      #expect(ids.allSatisfy { (0..<tokenizer.tokenCount).contains($0) })
      _ = tokenizer.decode(ids)
      let chunks = tokenizer.chunks(of: text, emphasis: true)
      #expect(chunks.ids.allSatisfy { $0.count == 77 })
    }
  }
}

/// How long a text of one kind of word is in CLIP's normal form.
private enum CLIPNormalForm {
  static func length(_ text: String) -> Int {
    // The parts of the test differ from their normal form only where NFC composes.
    text.unicodeScalars.contains("\u{301}") ? text.utf8.count / 3 * 2 : text.utf8.count
  }
}
