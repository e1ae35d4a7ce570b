internal import CLIP
internal import Files
internal import NN
internal import Tokenization
internal import Torch

/// A text tower with its vocabulary.
final class TextTower {
  private let transformer: TextTransformer
  private let tokenizer: CLIPTokenizer
  private let device: Device

  /// A tower whose vocabulary is in `tokenizerFolder`.
  init(_ transformer: TextTransformer, tokenizerFolder: String, device: Device) throws {
    self.transformer = transformer
    tokenizer = try CLIPTokenizer(folder: tokenizerFolder)
    self.device = device
  }

  /// The normalised states of the end tokens of `N` `captions`, `[N, D]`, which have seen all of them.
  func callAsFunction(_ captions: [String]) throws -> Tensor {
    let prompts = captions.map(tokens)
    // No state before the padding depends on it.
    let length = prompts.map(\.count).max() ?? 0
    let padded = prompts.flatMap {
      $0 + Array(repeating: tokenizer.paddingID, count: length - $0.count)
    }
    let ids = try Tensor(padded, shape: [prompts.count, length]).to(device: device)
    let states = try transformer(ids)
    let ends = prompts.enumerated().map { $0 * length + $1.count - 1 }
    return try states.reshaped([prompts.count * length, states.shape[2]])
      .embedding(Tensor(ends, shape: [ends.count]).to(device: device))
  }

  /// Begin, the tokens that fit, end.
  private func tokens(of caption: String) -> [Int] {
    [tokenizer.beginID] + tokenizer.encode(caption).prefix(tokenizer.contextLength - 2)
      + [tokenizer.endID]
  }
}
