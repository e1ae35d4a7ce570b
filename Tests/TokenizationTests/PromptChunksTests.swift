import Testing
import Tokenization

@Suite struct PromptChunksTests {
  let tokenizer: CLIPTokenizer
  /// The one token of "a" and of ",".
  let a: Int
  let comma: Int

  init() throws {
    tokenizer = try CLIPTokenizer(folder: Fixture.path("parts"))
    a = try #require(tokenizer.vocabulary.id(of: "a</w>"))
    comma = try #require(tokenizer.commaID)
  }

  /// "a a … a", `count` tokens.
  private func words(_ count: Int) -> String {
    [String](repeating: "a", count: count).joined(separator: " ")
  }

  /// The content of each chunk, without begin, end and padding.
  private func contents(_ chunks: PromptChunks) -> [[Int]] {
    chunks.ids.map { ids in Array(ids.dropFirst().prefix { $0 != tokenizer.endID }) }
  }

  @Test("a short prompt is one chunk, with the ids of the plain way", arguments: ["", "a cat"])
  func short(prompt: String) {
    let chunks = tokenizer.chunks(of: prompt, emphasis: true)
    #expect(chunks.ids == [tokenizer.tokens(for: prompt).ids])
    #expect(chunks.weights == [[Double](repeating: 1, count: 77)])
  }

  @Test(
    "a long prompt goes on in further chunks of 75",
    arguments: [(75, [75]), (76, [75, 1]), (150, [75, 75]), (151, [75, 75, 1])])
  func long(count: Int, expected: [Int]) {
    let chunks = tokenizer.chunks(of: words(count), emphasis: false)
    #expect(contents(chunks).map(\.count) == expected)
    #expect(chunks.ids.allSatisfy { $0.count == 77 && $0.first == tokenizer.beginID })
    #expect(chunks.weights.allSatisfy { $0.count == 77 })
  }

  @Test("weights follow their tokens")
  func weights() {
    let chunks = tokenizer.chunks(of: "a (a a:1.5) a", emphasis: true)
    #expect(chunks.ids[0].prefix(6) == [tokenizer.beginID, a, a, a, a, tokenizer.endID])
    #expect(chunks.weights[0].prefix(6) == [1, 1, 1.5, 1.5, 1, 1])
    #expect(chunks.weights[0].dropFirst(6).allSatisfy { $0 == 1 })
  }

  @Test("brackets are text where emphasis is off")
  func plain() {
    let prompt = "(a:1.5) BREAK [a]"
    let chunks = tokenizer.chunks(of: prompt, emphasis: false)
    #expect(chunks.ids == [tokenizer.tokens(for: prompt).ids])
  }

  @Test("BREAK begins a new chunk, also an empty one")
  func chunkBreak() {
    let chunks = tokenizer.chunks(of: "a BREAK a a", emphasis: true)
    #expect(contents(chunks) == [[a], [a, a]])
    #expect(contents(tokenizer.chunks(of: "BREAK a", emphasis: true)) == [[], [a]])
    #expect(contents(tokenizer.chunks(of: "a BREAK", emphasis: true)) == [[a]])
  }

  @Test("what follows a comma among the last 20 tokens moves to the next chunk")
  func backtrack() {
    // The comma is token 70 (from 0): the 4 tokens behind it move.
    let chunks = tokenizer.chunks(of: words(70) + ", " + words(10), emphasis: false)
    #expect(contents(chunks).map(\.count) == [71, 10])
    #expect(contents(chunks)[0].last == comma)
  }

  @Test(
    "a comma further back than the limit moves nothing",
    arguments: [(54, 20, [75, 11]), (55, 20, [56, 30]), (70, 0, [75, 26]), (70, 4, [75, 26])])
  func limit(before: Int, backtrack: Int, expected: [Int]) {
    let total = before == 54 ? 31 : 30
    let chunks = tokenizer.chunks(
      of: words(before) + ", " + words(total), emphasis: false, commaBacktrack: backtrack)
    #expect(contents(chunks).map(\.count) == expected)
  }

  @Test("a comma that is itself the 76th token begins the next chunk")
  func commaAtTheEnd() {
    let chunks = tokenizer.chunks(of: words(75) + ", a", emphasis: false)
    #expect(contents(chunks) == [[Int](repeating: a, count: 75), [comma, a]])
  }

  @Test("weights move with their tokens")
  func movedWeights() {
    let chunks = tokenizer.chunks(of: words(72) + ", (" + words(10) + ":2)", emphasis: true)
    #expect(contents(chunks).map(\.count) == [73, 10])
    #expect(chunks.weights[0].allSatisfy { $0 == 1 })
    #expect(chunks.weights[1].prefix(12) == [1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1])
  }

  @Test("padding to a number of chunks adds empty ones")
  func padded() {
    let chunks = tokenizer.chunks(of: "a", emphasis: true).padded(toCount: 3)
    #expect(contents(chunks) == [[a], [], []])
    #expect(chunks.ids[2] == tokenizer.tokens(for: "").ids)
    #expect(chunks.weights[2] == [Double](repeating: 1, count: 77))
    #expect(chunks.padded(toCount: 1) == chunks)
  }
}
