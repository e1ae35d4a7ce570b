/// A prompt of any length as chunks that CLIP's text tower takes one by one.
public struct PromptChunks: Sendable, Equatable {
  /// Begin, the tokens that fit, end, padding: `[chunks][T]`. There is at least one chunk.
  public private(set) var ids: [[Int]]
  /// The weight of each token, 1 for begin, end and padding: `[chunks][T]`.
  public private(set) var weights: [[Double]]
  /// An empty prompt's chunk.
  private let empty: [Int]

  fileprivate init(empty: [Int]) {
    ids = []
    weights = []
    self.empty = empty
  }

  /// The same with empty chunks behind it, up to `count`; guidance needs both prompts equally long.
  public func padded(toCount count: Int) -> Self {
    var result = self
    while result.ids.count < count {
      result.ids.append(empty)
      result.weights.append([Double](repeating: 1, count: empty.count))
    }
    return result
  }

  /// Adds a chunk: `content` with its weights, between begin and end, padded.
  fileprivate mutating func append(
    _ content: [(id: Int, weight: Double)], for tokenizer: CLIPTokenizer
  ) {
    let padding = tokenizer.promptTokenCount - content.count
    ids.append(
      [tokenizer.beginID] + content.map(\.id) + [tokenizer.endID]
        + [Int](repeating: tokenizer.paddingID, count: max(0, padding)))
    weights.append(
      [1] + content.map(\.weight) + [Double](repeating: 1, count: max(0, padding) + 1))
  }
}

extension CLIPTokenizer {
  /// Takes a prompt of any length apart into chunks of as many tokens as fit between begin and
  /// end, 75 in the published vocabulary, as A1111 does.
  ///
  /// Where a chunk is full and a comma stands among its last tokens, what follows the comma moves
  /// to the next chunk, so that a phrase is not cut in two.
  ///
  /// - Parameters:
  ///   - prompt: the text.
  ///   - emphasis: whether brackets and BREAK mean something (see `EmphasisParser`); else they are
  ///     text.
  ///   - commaBacktrack: how many tokens may move; A1111's default is 20, 0 switches it off.
  public func chunks(
    of prompt: String, emphasis: Bool, commaBacktrack: Int = 20
  ) -> PromptChunks {
    let pieces = emphasis ? EmphasisParser.parse(prompt) : [.text(prompt, weight: 1)]
    var builder = ChunkBuilder(tokenizer: self, commaBacktrack: commaBacktrack)
    for piece in pieces {
      switch piece {
      case .chunkBreak: builder.closeChunk()
      case .text(let text, let weight):
        for id in encode(text) {
          builder.append(id, weight: weight)
        }
      }
    }
    return builder.finish()
  }
}

/// A1111's `tokenize_line`, token by token.
private struct ChunkBuilder {
  private let tokenizer: CLIPTokenizer
  private let commaBacktrack: Int
  private var chunks: PromptChunks
  private var content: [(id: Int, weight: Double)] = []
  private var lastComma: Int?

  private var capacity: Int { tokenizer.promptTokenCount }

  init(tokenizer: CLIPTokenizer, commaBacktrack: Int) {
    self.tokenizer = tokenizer
    self.commaBacktrack = commaBacktrack
    chunks = PromptChunks(empty: tokenizer.tokens(for: "").ids)
  }

  mutating func append(_ id: Int, weight: Double) {
    if id == tokenizer.commaID {
      lastComma = content.count
    } else if content.count == capacity, let lastComma, capacity - lastComma <= commaBacktrack {
      let moved = Array(content[(lastComma + 1)...])
      content.removeSubrange((lastComma + 1)...)
      closeChunk()
      content = moved
    }
    if content.count == capacity {
      closeChunk()
    }
    content.append((id, weight))
  }

  mutating func closeChunk() {
    chunks.append(content, for: tokenizer)
    content = []
    lastComma = nil
  }

  mutating func finish() -> PromptChunks {
    if !content.isEmpty || chunks.ids.isEmpty {
      closeChunk()
    }
    return chunks
  }
}
