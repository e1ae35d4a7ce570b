import Testing
import Tokenization

/// Against transformers' CLIPTokenizer, string by string.
@Suite struct CLIPTokenizerReferenceTests {
  static let folders = ["parts", "bare", "single", "single-old"]

  @Test("every string has the ids that transformers gives it", arguments: folders)
  func encodes(folder: String) throws {
    try compare(
      CLIPTokenizer(folder: Fixture.path(folder)), with: Fixture("\(folder)-expected"))
  }

  @Test(
    "the published vocabulary gives the ids that transformers gives",
    .enabled(
      if: PublishedVocabulary.isPresent,
      "needs .deps/clip/bpe_simple_vocab_16e6.txt, which scripts/setup fetches"))
  func published() throws {
    let tokenizer = try CLIPTokenizer(publishedVocabulary: PublishedVocabulary.path)
    #expect(tokenizer.tokenCount == 49_408)
    #expect((tokenizer.beginID, tokenizer.endID, tokenizer.paddingID) == (49_406, 49_407, 49_407))
    #expect(tokenizer.tokens(for: "a cat").ids.prefix(5) == [49_406, 320, 2368, 49_407, 49_407])
    try compare(tokenizer, with: Fixture("published"))
  }

  @Test("OpenAI's form of the vocabulary gives the same tokens as vocab.json and merges.txt")
  func publishedForm() throws {
    let file = Fixture.path("published-form.txt")
    let tokenizer = try CLIPTokenizer(publishedVocabulary: file, mergeCount: 250)
    let folder = try CLIPTokenizer(folder: Fixture.path("parts"))
    #expect(tokenizer.vocabulary.tokens.map(scalars) == folder.vocabulary.tokens.map(scalars))
    try compare(tokenizer, with: Fixture("parts-expected"))
  }

  private func compare(_ tokenizer: CLIPTokenizer, with fixture: Fixture) throws {
    #expect(tokenizer.beginID == fixture.bos)
    #expect(tokenizer.endID == fixture.eos)
    #expect(tokenizer.paddingID == fixture.pad)
    #expect(tokenizer.tokenCount == fixture.count)
    #expect(fixture.cases.count > 200)
    for expected in fixture.cases {
      let ids = tokenizer.encode(expected.text)
      #expect(ids == expected.ids, "\(expected.text.debugDescription)")
      #expect(scalars(tokenizer.decode(expected.ids)) == scalars(expected.decoded))
      let plain = tokenizer.decode(expected.ids, skippingSpecialTokens: true)
      #expect(scalars(plain) == scalars(expected.plain))
    }
    for expected in fixture.prompts {
      let prompt = tokenizer.tokens(for: expected.text)
      #expect(prompt.ids == expected.ids, "\(expected.text.debugDescription)")
      #expect(prompt.truncatedText == expected.rest)
      #expect(prompt.ids[prompt.endIndex] == tokenizer.endID)
    }
  }
}
