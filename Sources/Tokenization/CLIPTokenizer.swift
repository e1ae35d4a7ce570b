/// Turns text into CLIP's tokens, exactly as transformers' `CLIPTokenizer` does.
///
/// Encoding takes any string and never fails. Loading is in `CLIPTokenizer+Loading`.
public struct CLIPTokenizer: Sendable {
  /// The tokens and their ids, without those that a folder adds to them.
  public let vocabulary: Vocabulary
  /// The token before every prompt: 49406 in the published vocabulary.
  public let beginID: Int
  /// The token behind every prompt: 49407 in the published vocabulary.
  public let endID: Int
  /// The token that fills a prompt up to `contextLength`.
  public let paddingID: Int
  /// The token of a comma at the end of a word, where the vocabulary has one.
  public let commaID: Int?
  /// How many tokens a prompt has with begin, end and padding: 77.
  public let contextLength: Int
  /// How many tokens of a prompt fit between begin and end: 75.
  package var promptTokenCount: Int { contextLength - 2 }
  /// How many ids there are, added ones included; the embedding needs at least as many rows.
  public let tokenCount: Int

  /// What the words are joined by, and what is treated specially; for ``digest``.
  let merges: [Merges.Pair]
  let special: CLIPSpecialTokens

  private let words: ByteLevelEncoding
  private let exact: AddedTokens
  private let normalized: AddedTokens
  private let addedTexts: [Int: String]
  private let specialIDs: Set<Int>

  /// Joins a vocabulary, its merges and the special tokens.
  ///
  /// - Throws: `TokenizationError` where the vocabulary lacks a token of `merges` or `special`.
  init(
    _ vocabulary: Vocabulary, merges: [Merges.Pair], mergesFile: String, special: CLIPSpecialTokens
  ) throws {
    func id(_ token: CLIPSpecialTokens.Added, _ role: String) throws -> Int {
      guard let id = vocabulary.id(of: token.content) else {
        throw TokenizationError.missingSpecialToken(
          file: vocabulary.file, role: role, token: token.content)
      }
      return id
    }
    self.vocabulary = vocabulary
    self.merges = merges
    self.special = special
    beginID = try id(special.begin, "begin-of-text")
    endID = try id(special.end, "end-of-text")
    paddingID = try id(special.padding, "padding")
    let unknownID = try id(special.unknown, "unknown")
    commaID = vocabulary.id(of: ",</w>")
    contextLength = special.contextLength

    let pairs = try BytePairEncoding(vocabulary, merges: merges, file: mergesFile)
    words = ByteLevelEncoding(
      pairs, vocabulary: vocabulary, endOfWord: "</w>", unknown: unknownID)

    var tokenCount = vocabulary.count
    var added: [(token: CLIPSpecialTokens.Added, id: Int)] = []
    for token in special.added where !token.content.isEmpty {
      let known = vocabulary.id(of: token.content)
      let id = known ?? tokenCount
      if let recorded = token.recordedID, recorded != id {
        throw TokenizationError.addedTokenID(
          file: vocabulary.file, token: token.content, recorded: recorded, actual: id)
      }
      added.append((token, id))
      tokenCount += known == nil ? 1 : 0
    }
    self.tokenCount = tokenCount
    specialIDs = Set(added.filter(\.token.isSpecial).map(\.id))
      .union([beginID, endID, paddingID, unknownID])
    exact = AddedTokens(
      added.filter { !$0.token.isNormalized }.map { (content: $0.token.content, id: $0.id) })
    normalized = AddedTokens(
      added.filter(\.token.isNormalized)
        .map { (content: CLIPText.normalized($0.token.content), id: $0.id) })
    let texts = added.map { added in
      let content = added.token.content
      return (added.id, added.token.isNormalized ? CLIPText.normalized(content) : content)
    }
    addedTexts = Dictionary(uniqueKeysWithValues: texts)
  }

  /// The tokens of `text` alone, without begin, end and padding.
  ///
  /// Special tokens written out in the text become those tokens.
  public func encode(_ text: String) -> [Int] {
    var ids: [Int] = []
    var cache = ByteLevelEncoding.Cache()
    for piece in exact.split(text) {
      guard case .text(let part) = piece else {
        if case .token(let id) = piece { ids.append(id) }
        continue
      }
      for piece in normalized.split(CLIPText.normalized(part)) {
        switch piece {
        case .token(let id):
          ids.append(id)
        case .text(let part):
          for word in CLIPText.words(of: part) {
            ids += words.encode(word, cache: &cache)
          }
        }
      }
    }
    return ids
  }

  /// How many tokens `text` has, without begin, end and padding.
  public func count(_ text: String) -> Int {
    encode(text).count
  }

  /// The text that `ids` stand for: lower case, a space behind every word, the ends trimmed.
  ///
  /// - Parameters:
  ///   - ids: tokens; ids that do not exist are left out.
  ///   - skippingSpecialTokens: leaves begin, end, padding and other special tokens out.
  public func decode(_ ids: [Int], skippingSpecialTokens: Bool = false) -> String {
    var bytes: [UInt8] = []
    for id in ids where !(skippingSpecialTokens && specialIDs.contains(id)) {
      guard let token = addedTexts[id] ?? text(of: id) else { continue }
      bytes += ByteAlphabet.bytes(of: token)
    }
    return Self.trimmed(String(decoding: Self.openingWords(bytes), as: UTF8.self))
  }

  private func text(of id: Int) -> String? {
    vocabulary.tokens.indices.contains(id) ? vocabulary.tokens[id] : nil
  }

  /// `bytes` with a space for every `</w>`.
  private static func openingWords(_ bytes: [UInt8]) -> [UInt8] {
    let mark = Array("</w>".utf8)
    var result: [UInt8] = []
    var position = 0
    while position < bytes.count {
      if bytes[position...].starts(with: mark) {
        result.append(UInt8(ascii: " "))
        position += mark.count
      } else {
        result.append(bytes[position])
        position += 1
      }
    }
    return result
  }

  /// Without what Python's `str.strip` takes away.
  private static func trimmed(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !BreakWord.isSpace($0) }),
      let last = scalars.lastIndex(where: { !BreakWord.isSpace($0) })
    else { return "" }
    return String(scalars[first...last])
  }
}
