import Foundation
import Shapes
import Testing
import Tokenization
import train_weights

@Suite("The vocabulary of words")
struct WordVocabularyTests {
  private let tokenizer: CLIPTokenizer

  init() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "words-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try WordVocabulary(CaptionGrammar.words, contextLength: 32).write(to: folder)
    tokenizer = try CLIPTokenizer(folder: folder)
  }

  @Test("every word of a caption is one token, and no two words are the same one")
  func words() {
    let ids = CaptionGrammar.words.map(tokenizer.encode)
    #expect(ids.allSatisfy { $0.count == 1 })
    #expect(Set(ids).count == Set(CaptionGrammar.words).count)
  }

  @Test("a caption has as many tokens as words and commas")
  func caption() {
    let text = "a picture of a tiny dotted disc, an orange box and a plus"
    #expect(tokenizer.count(text) == 14)
    #expect(tokenizer.decode(tokenizer.encode(text)) == text.replacing(",", with: " ,"))
  }

  @Test("any other text has tokens too", arguments: ["zwei katzen", "café № 7", "🙂", "starred"])
  func otherText(_ text: String) {
    #expect(
      tokenizer.decode(tokenizer.encode(text)).replacing(" ", with: "")
        == text.replacing(" ", with: ""))
  }

  @Test("the context is as long as was asked, and filled up with the token behind a text")
  func context() {
    #expect(tokenizer.contextLength == 32)
    #expect(tokenizer.promptTokenCount == 30)
    #expect(tokenizer.paddingID == tokenizer.endID)
    #expect(tokenizer.endID == tokenizer.tokenCount - 1)
  }
}
