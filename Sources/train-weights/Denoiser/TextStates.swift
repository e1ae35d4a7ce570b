internal import CLIP
internal import Diffusion
internal import NN
internal import Tokenization
internal import Torch

/// What the denoiser sees of a caption: the last hidden states of the finished text tower.
struct TextStates {
  /// The width of a state.
  let width: Int

  private let encoder: PromptEncoder

  /// The tower and the vocabulary that `work` has.
  init(_ work: WorkFolder) throws {
    let tower = try TextTransformer(
      work.textEncoder.weights()["text_model"],
      TextConfiguration(work.textEncoder.configuration))
    width = tower.configuration.width
    encoder = try PromptEncoder(
      tokenizer: CLIPTokenizer(at: work.tokenizer), tower: tower, options: PromptOptions(),
      device: .cpu)
  }

  /// - Returns: `F32 [B, T, D]`, without gradients.
  func callAsFunction(_ captions: [String]) throws -> Tensor {
    try withoutGradients { try encoder.encodeTogether(captions) }
  }
}
