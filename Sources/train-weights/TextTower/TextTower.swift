internal import CLIP
internal import Files
internal import NN
internal import Tokenization
internal import Torch

/// The text tower of the dual encoder, which is the diffusion model's text encoder too, with its
/// vocabulary.
final class TextTower {
  /// The sizes that it was built with.
  let configuration: TextConfiguration

  private let transformer: TextTransformer
  private let tokenizer: CLIPTokenizer
  private let device: Device

  /// A tower on `weights`, the root of the layout of transformers' `CLIPTextModel`.
  init(_ weights: Weights, _ configuration: TextConfiguration, tokenizerFolder: String) throws {
    self.configuration = configuration
    transformer = try TextTransformer(weights["text_model"], configuration)
    tokenizer = try CLIPTokenizer(folder: tokenizerFolder)
    device = weights.placement.device
  }

  /// The finished tower that `work` has, frozen.
  convenience init(_ work: WorkFolder) throws {
    try self.init(
      work.textEncoder.weights(), TextConfiguration(work.textEncoder.configuration),
      tokenizerFolder: work.tokenizer)
  }

  /// The normalised states of the end tokens of `captions`, `[P, D]`, which have seen all of them.
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
