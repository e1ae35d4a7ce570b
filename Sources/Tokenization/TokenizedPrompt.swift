/// A prompt as CLIP's text tower takes it.
public struct TokenizedPrompt: Sendable, Equatable {
  /// Begin, the prompt's tokens, end, padding: `[T]`, with T the tokenizer's context length.
  public let ids: [Int]
  /// How many tokens of the prompt are in `ids`, without begin, end and padding.
  public let count: Int
  /// What did not fit, as text; nil where everything did. Worth a warning.
  public let truncatedText: String?

  /// Where the end token stands: CLIP takes a text's embedding here.
  public var endIndex: Int { count + 1 }
}

extension CLIPTokenizer {
  /// Makes `prompt` as long as the context: cut to the tokens that fit, begin and end around it, and
  /// padded.
  public func tokens(for prompt: String) -> TokenizedPrompt {
    let all = encode(prompt)
    let kept = all.prefix(promptTokenCount)
    let padding = [Int](repeating: paddingID, count: promptTokenCount - kept.count)
    let rest = Array(all.dropFirst(kept.count))
    return TokenizedPrompt(
      ids: [beginID] + kept + [endID] + padding,
      count: kept.count,
      truncatedText: rest.isEmpty ? nil : decode(rest))
  }
}
