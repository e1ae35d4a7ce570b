public import CLIP
public import Tokenization
public import Torch

/// How prompts become text states.
public struct PromptOptions: Sendable, Equatable {
  /// Where the text tower is left, as A1111 counts: 1 at its end, 2 one block before.
  public var clipSkip: Int

  /// Whether `(word:1.3)` weighs words, as in A1111.
  public var usesEmphasis: Bool

  /// Whether prompts that are too long for the tower go through it in chunks; else they are cut.
  public var usesChunks: Bool

  /// By default prompts are read as diffusers reads them.
  public init(clipSkip: Int = 1, usesEmphasis: Bool = false, usesChunks: Bool = false) {
    self.clipSkip = clipSkip
    self.usesEmphasis = usesEmphasis
    self.usesChunks = usesChunks
  }
}

/// A prompt as chunks of token ids with a weight for each.
struct TokenChunks {
  let ids: [[Int]]
  let weights: [[Double]]
}

/// Prompts to text states.
public struct PromptEncoder {
  private let tokenizer: CLIPTokenizer
  private let tower: TextTransformer
  private let options: PromptOptions
  private let device: Device

  /// - Throws: `GenerationError` where the tower has too few blocks for the clip skip.
  public init(
    tokenizer: CLIPTokenizer, tower: TextTransformer, options: PromptOptions, device: Device
  ) throws {
    guard (1...tower.configuration.layers).contains(options.clipSkip) else {
      throw GenerationError.clipSkip(options.clipSkip, layers: tower.configuration.layers)
    }
    self.tokenizer = tokenizer
    self.tower = tower
    self.options = options
    self.device = device
  }

  /// What of `prompt` the model does not see; nil where it sees all.
  public func truncation(of prompt: String) -> String? {
    guard !options.usesChunks else { return nil }
    let rest = cut(prompt).rest
    return rest.isEmpty ? nil : tokenizer.decode(rest)
  }

  /// How many chunks `prompt` takes.
  public func chunkCount(_ prompt: String) -> Int { chunks(prompt, count: 1).ids.count }

  /// - Parameters:
  ///   - prompts: `B` texts.
  ///   - chunkCount: chunks that each is filled up to; all that meet in one batch need equally
  ///     many.
  /// - Returns: text states, `[B, T · chunks, D]`.
  public func encode(_ prompts: [String], chunkCount: Int = 1) throws -> Tensor {
    let encoded = try prompts.map { try encode($0, chunkCount: chunkCount) }
    return try Tensor.stacked(encoded)
  }

  /// The same in one pass of the tower, for training it. A prompt's states may depend on its
  /// company in the last digit.
  package func encodeTogether(_ prompts: [String], chunkCount: Int = 1) throws -> Tensor {
    let all = prompts.map { chunks($0, count: chunkCount) }
    let states = try encode(
      TokenChunks(ids: all.flatMap(\.ids), weights: all.flatMap(\.weights)))
    return try states.reshaped([prompts.count, -1, states.shape[1]])
  }

  private func encode(_ prompt: String, chunkCount: Int) throws -> Tensor {
    try encode(chunks(prompt, count: chunkCount))
  }

  /// - Returns: `[T · chunks, D]`.
  private func encode(_ chunks: TokenChunks) throws -> Tensor {
    let length = chunks.ids[0].count
    let ids = try Tensor(chunks.ids.flatMap(\.self), shape: [chunks.ids.count, length])
    var states = try tower(ids.to(device: device), skippedLayers: options.clipSkip - 1)
    if options.usesEmphasis {
      states = try weighted(states, chunks.weights)
    }
    return try states.reshaped([chunks.ids.count * length, states.shape[2]])
  }

  /// Each state times its token's weight, then scaled so that a chunk's mean stays what it was
  /// (A1111's "Original").
  private func weighted(_ states: Tensor, _ weights: [[Double]]) throws -> Tensor {
    guard weights.contains(where: { $0.contains { $0 != 1 } }) else { return states }
    let states = try states.to(.float32)
    let factors = try Tensor(weights.flatMap(\.self), shape: [weights.count, weights[0].count, 1])
      .to(.float32, device: states.device)
    let scaled = try states * factors
    let (before, after) = (
      try states.mean(along: [1, 2], keepingDimensions: true),
      try scaled.mean(along: [1, 2], keepingDimensions: true)
    )
    return try scaled * (before / after)
  }

  private func chunks(_ prompt: String, count: Int) -> TokenChunks {
    guard options.usesChunks else { return cut(prompt).kept }
    let all = tokenizer.chunks(of: prompt, emphasis: options.usesEmphasis).padded(toCount: count)
    return TokenChunks(ids: all.ids, weights: all.weights)
  }

  /// `prompt` in one chunk, and the tokens that do not fit. BREAK has nothing to break here and is
  /// left out.
  private func cut(_ prompt: String) -> (kept: TokenChunks, rest: [Int]) {
    var tokens: [(id: Int, weight: Double)] = []
    for piece in options.usesEmphasis ? EmphasisParser.parse(prompt) : [.text(prompt, weight: 1)] {
      guard case .text(let text, let weight) = piece else { continue }
      tokens += tokenizer.encode(text).map { ($0, weight) }
    }
    let kept = tokens.prefix(tokenizer.promptTokenCount)
    let padding = tokenizer.promptTokenCount - kept.count
    let ids =
      [tokenizer.beginID] + kept.map(\.id) + [tokenizer.endID]
      + Array(repeating: tokenizer.paddingID, count: padding)
    let weights = [1] + kept.map(\.weight) + Array(repeating: 1, count: padding + 1)
    return (TokenChunks(ids: [ids], weights: [weights]), tokens.dropFirst(kept.count).map(\.id))
  }
}
