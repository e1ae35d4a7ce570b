/// Byte-pair encoding whose first symbols are a word's bytes, as GPT-2's and CLIP's.
public struct ByteLevelEncoding: Sendable {
  private let pairs: BytePairEncoding
  /// The ids of the 256 one-byte tokens; nil where the vocabulary lacks one.
  private let inner: [Int?]
  /// The same for a word's last byte, which carries the end-of-word mark.
  private let last: [Int?]
  private let unknown: Int?

  /// Words seen before, so that a text that repeats them is encoded quickly.
  ///
  /// It stops growing at 65,536 words, and keeps only words of up to 256 bytes.
  public struct Cache: Sendable {
    fileprivate var known: [[UInt8]: [Int]] = [:]

    /// An empty cache.
    public init() {}
  }

  /// Looks up the 256 one-byte tokens.
  ///
  /// - Parameters:
  ///   - endOfWord: what a word's last symbol ends with: `</w>` in CLIP, nothing in GPT-2.
  ///   - unknown: the id of bytes that the vocabulary lacks; nil drops them.
  public init(
    _ pairs: BytePairEncoding, vocabulary: Vocabulary, endOfWord: String, unknown: Int?
  ) {
    self.pairs = pairs
    self.unknown = unknown
    inner = ByteAlphabet.scalars.map { vocabulary.id(of: String($0)) }
    last = ByteAlphabet.scalars.map { vocabulary.id(of: String($0) + endOfWord) }
  }

  /// The ids of one word.
  ///
  /// - Parameter word: its UTF-8; the words of a text are the caller's to find.
  public func encode(_ word: [UInt8], cache: inout Cache) -> [Int] {
    if let known = cache.known[word] { return known }
    var symbols: [Int] = []
    symbols.reserveCapacity(word.count)
    for (offset, byte) in word.enumerated() {
      let table = offset == word.count - 1 ? last : inner
      if let id = table[Int(byte)] ?? unknown {
        symbols.append(id)
      }
    }
    let ids = pairs.merge(symbols)
    if word.count <= 256, cache.known.count < 65_536 {
      cache.known[word] = ids
    }
    return ids
  }
}
