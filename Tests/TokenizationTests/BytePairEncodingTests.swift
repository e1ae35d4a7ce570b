import Testing
import Tokenization

@Suite struct BytePairEncodingTests {
  /// a=0 b=1 c=2 ab=3 bc=4 abc=5 aa=6 aaaa=7
  private func encoding(_ merges: [(left: String, right: String)]) throws -> BytePairEncoding {
    let tokens = ["a", "b", "c", "ab", "bc", "abc", "aa", "aaaa"]
    let vocabulary = try Vocabulary(
      entries: tokens.enumerated().map { (token: $1, id: $0) }, file: "vocab.json")
    return try BytePairEncoding(vocabulary, merges: merges, file: "merges.txt")
  }

  @Test("the pair learned first is joined first, wherever it stands")
  func order() throws {
    #expect(try encoding([("b", "c"), ("a", "b"), ("a", "bc")]).merge([0, 1, 2]) == [5])
    #expect(try encoding([("a", "b"), ("b", "c"), ("a", "bc")]).merge([0, 1, 2]) == [3, 2])
  }

  @Test("among equal pairs the leftmost is joined first")
  func leftmost() throws {
    let pairs = try encoding([("a", "a"), ("aa", "aa")])
    #expect(pairs.merge([0, 0, 0]) == [6, 0])
    #expect(pairs.merge([0, 0, 0, 0, 0]) == [7, 0])
  }

  @Test("nothing is joined where nothing can be", arguments: [[], [0], [2, 0], [-1, 99]])
  func untouched(symbols: [Int]) throws {
    #expect(try encoding([("a", "b")]).merge(symbols) == symbols)
  }

  @Test("it agrees with the textbook algorithm on random words")
  func textbook() throws {
    let merges: [(left: String, right: String)] = [
      ("a", "a"), ("a", "b"), ("b", "c"), ("ab", "c"), ("aa", "aa"),
    ]
    let table = [(0, 0, 6), (0, 1, 3), (1, 2, 4), (3, 2, 5), (6, 6, 7)]
    let pairs = try encoding(merges)
    var state: UInt64 = 4
    for _ in 0..<1_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let word = (0..<12).map { Int(state >> (2 * UInt64($0) + 30)) % 3 }
      #expect(pairs.merge(word) == textbook(word, table))
    }
  }

  private func textbook(_ word: [Int], _ table: [(Int, Int, Int)]) -> [Int] {
    var word = word
    while true {
      var joined: (at: Int, id: Int)?
      search: for (left, right, id) in table {
        for index in word.indices.dropLast() where (word[index], word[index + 1]) == (left, right) {
          joined = (index, id)
          break search
        }
      }
      guard let joined else { return word }
      word.replaceSubrange(joined.at...(joined.at + 1), with: [joined.id])
    }
  }

  @Test("a vocabulary without an end-of-word mark works by bytes, as GPT-2's")
  func byteLevel() throws {
    let letters = ByteAlphabet.scalars.map { String($0) }
    let vocabulary = try Vocabulary(
      entries: (letters + ["Ġa"]).enumerated().map { (token: $1, id: $0) }, file: "vocab.json")
    let pairs = try BytePairEncoding(vocabulary, merges: [("Ġ", "a")], file: "merges.txt")
    let bytes = ByteLevelEncoding(pairs, vocabulary: vocabulary, endOfWord: "", unknown: nil)
    var cache = ByteLevelEncoding.Cache()
    for _ in 0..<2 {
      #expect(bytes.encode(Array(" a".utf8), cache: &cache) == [256])
      #expect(bytes.encode([0, 255], cache: &cache) == [0, 255])
      #expect(bytes.encode([], cache: &cache) == [])
    }
  }

  @Test("the byte alphabet is one to one, and GPT-2's")
  func alphabet() {
    #expect(Set(ByteAlphabet.scalars).count == 256)
    #expect(ByteAlphabet.scalars[0x20] == "Ġ")
    #expect(ByteAlphabet.scalars[0x0A] == "Ċ")
    #expect(ByteAlphabet.scalars[0xAD] == "\u{143}")
    for (byte, scalar) in ByteAlphabet.scalars.enumerated() {
      #expect(ByteAlphabet.byte(of: scalar) == UInt8(byte))
    }
    #expect(ByteAlphabet.byte(of: " ") == nil)
  }

  @Test("canonically equivalent tokens are different tokens")
  func equivalence() throws {
    let vocabulary = try Vocabulary(
      entries: [("\u{E9}", 0), ("e\u{301}", 1)], file: "vocab.json")
    #expect(vocabulary.id(of: "\u{E9}") == 0)
    #expect(vocabulary.id(of: "e\u{301}") == 1)
  }
}
