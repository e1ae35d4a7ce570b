import Foundation
import Tokenization

/// What the tokenizer keeps on any text, and its files on any bytes.
enum TokenizerLaws {
  /// The tokenizer of the test fixtures; `scripts/fuzz` runs where they are.
  private static let tokenizer: CLIPTokenizer = {
    do {
      return try CLIPTokenizer(folder: "Tests/TokenizationTests/Fixtures/parts")
    } catch {
      fatalError("\(error)")
    }
  }()

  /// Encoding and decoding.
  @Sendable static func encoding(_ bytes: UnsafeRawBufferPointer) {
    check(tokenizer, String(decoding: bytes, as: UTF8.self))
    // The same bytes as tokens, of which some do not exist.
    let ids = bytes.map { Int($0) * 2 - 16 }
    _ = tokenizer.decode(ids)
    _ = tokenizer.decode(ids, skippingSpecialTokens: true)
  }

  private static func check(_ tokenizer: CLIPTokenizer, _ text: String) {
    let ids = tokenizer.encode(text)
    law(ids.allSatisfy { (0..<tokenizer.tokenCount).contains($0) }, "a token does not exist")
    law(tokenizer.count(text) == ids.count, "the count is another")
    _ = tokenizer.encode(tokenizer.decode(ids))
    let prompt = tokenizer.tokens(for: text)
    law(prompt.ids.count == tokenizer.contextLength, "a prompt is not as long as the context")
    law(prompt.ids[prompt.endIndex] == tokenizer.endID, "the end token is not at the end")
    law(
      prompt.count == min(ids.count, tokenizer.contextLength - 2), "other tokens than encoded")
    law((prompt.truncatedText == nil) == (prompt.count == ids.count), "a wrong warning")
  }

  /// Emphasis and chunks.
  @Sendable static func emphasis(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    let pieces = EmphasisParser.parse(text)
    law(!pieces.isEmpty, "a prompt without pieces")
    for piece in pieces {
      guard case .text(_, let weight) = piece else { continue }
      law(weight.isFinite, "a weight is \(weight)")
    }
    for isEmphasised in [false, true] {
      let chunks = tokenizer.chunks(
        of: text, emphasis: isEmphasised, commaBacktrack: bytes.count % 80)
      law(!chunks.ids.isEmpty, "a prompt without chunks")
      law(
        chunks.ids.map(\.count) == chunks.weights.map(\.count)
          && chunks.ids.allSatisfy { $0.count == tokenizer.contextLength },
        "a chunk is not as long as the context")
      guard !isEmphasised else { continue }
      let content = chunks.ids.flatMap { chunk in
        chunk.dropFirst().prefix { $0 != tokenizer.endID }
      }
      law(
        content == tokenizer.encode(text).filter { $0 != tokenizer.endID } || text.contains("<|"),
        "the chunks have other tokens than the text")
    }
  }

  private static let names = [
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "vocab.json", "merges.txt",
  ]

  /// The files of a tokenizer folder, in the order of `names`, with a NUL between two; an empty one
  /// does not exist.
  @Sendable static func files(_ bytes: UnsafeRawBufferPointer) {
    let parts = bytes.split(separator: 0, omittingEmptySubsequences: false)
    for (index, name) in names.enumerated() {
      let part = index < parts.count ? parts[index] : bytes[..<0]
      ScratchFolder.shared.write(UnsafeRawBufferPointer(rebasing: part), to: name)
    }
    attempt {
      let tokenizer = try CLIPTokenizer(folder: ScratchFolder.shared.path)
      law(tokenizer.tokenCount >= tokenizer.vocabulary.count, "fewer tokens than in the vocabulary")
      check(tokenizer, String(decoding: bytes.suffix(200), as: UTF8.self))
      check(tokenizer, tokenizer.decode(Array(0..<min(tokenizer.tokenCount, 300))))
    }
  }
}
