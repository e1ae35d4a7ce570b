internal import CLIP
internal import Files
internal import Foundation
internal import NN
internal import Shapes
internal import Tokenization
internal import Torch

/// A CLIP of pictures and captions of the world of shapes, made from a seed and ready to be trained.
///
/// Its text tower is the diffusion model's text encoder too.
final class DualEncoder {
  /// The sizes, read back from the configuration that is saved.
  let configuration: CLIPConfiguration

  /// How pictures become what the vision tower takes.
  let preprocessor: ImagePreprocessor

  /// What training changes, under the names of the files.
  let parameters: [TrainableParameter]

  private let card: DualEncoderCard
  private let vocabulary: WordVocabulary
  private let tokenizer: CLIPTokenizer
  private let text: TextTransformer
  private let textProjection: Linear
  private let vision: VisionTransformer
  private let visualProjection: Linear
  private let logitScale: FrozenWeight
  private let placement: Placement

  /// Where the logarithm of the factor of the cosines begins: ln 10.
  private static let initialLogitScale = 2.302585

  /// An untrained dual encoder.
  ///
  /// - Parameter weights: a place among weights from a seed.
  init(_ settings: DualEncoderSettings, _ weights: Weights) throws {
    vocabulary = WordVocabulary(CaptionGrammar.words, contextLength: settings.positions)
    card = DualEncoderCard(settings, vocabulary)
    tokenizer = try vocabulary.tokenizer()
    let file = try ConfigurationFile(card.whole.fileContents, path: "config.json")
    configuration = try CLIPConfiguration(file)
    preprocessor = try ImagePreprocessor(
      ConfigurationFile(card.preprocessing.fileContents, path: "preprocessor_config.json"),
      imageSize: settings.imageSize)
    let textConfiguration = try TextConfiguration(
      ConfigurationFile(card.textAlone.fileContents, path: "text_encoder/config.json"))
    let width = configuration.projectionWidth
    text = try TextTransformer(weights["text_model"], textConfiguration)
    textProjection = try Linear(
      weights["text_projection"], from: textConfiguration.width, to: width, bias: false)
    vision = try VisionTransformer(weights["vision_model"], configuration.vision)
    visualProjection = try Linear(
      weights["visual_projection"], from: configuration.vision.width, to: width, bias: false)
    logitScale = weights.frozen("logit_scale", [], .zeros)
    placement = weights.placement
    parameters = try weights.thawed()
    try withoutGradients {
      let scale = try logitScale.dense()
      try scale.assign(.full([], Self.initialLogitScale, device: placement.device))
    }
  }

  /// - Parameter pixels: `[B, 3, S, S]`, as ``preprocessor`` makes them.
  /// - Returns: the class token's states, `[B, W]`, and embeddings of length 1, `[B, D]`.
  func images(_ pixels: Tensor) throws -> (states: Tensor, embeddings: Tensor) {
    let states = try vision(pixels)
    return (states, try visualProjection(states).normalisedRows())
  }

  /// - Returns: embeddings of length 1, `[P, D]`.
  func textEmbeddings(_ captions: [String]) throws -> Tensor {
    let prompts = captions.map(tokens)
    // No state before the padding depends on it.
    let length = prompts.map(\.count).max() ?? 0
    let states = try text(ids(prompts, length: length))
    let ends = prompts.enumerated().map { $0 * length + $1.count - 1 }
    let rows = try states.reshaped([prompts.count * length, states.shape[2]])
      .embedding(Tensor(ends, shape: [ends.count]).to(device: placement.device))
    return try textProjection(rows).normalisedRows()
  }

  /// What a diffusion model is given of captions: each filled up to the whole context, as diffusers
  /// does it.
  ///
  /// - Returns: normalised hidden states, `[P, T, D]`.
  func textStates(of captions: [String]) throws -> Tensor {
    try text(ids(captions.map(tokens), length: tokenizer.contextLength))
  }

  /// What cosines are multiplied with before a softmax, a scalar, at most 100.
  func cosineFactor() throws -> Tensor { try logitScale.dense().exp().clamped(to: 1...100) }

  /// Begin, the tokens that fit, end.
  private func tokens(of caption: String) -> [Int] {
    [tokenizer.beginID] + tokenizer.encode(caption).prefix(tokenizer.contextLength - 2)
      + [tokenizer.endID]
  }

  /// `I64 [P, T]`.
  private func ids(_ prompts: [[Int]], length: Int) throws -> Tensor {
    let padded = prompts.flatMap {
      $0 + Array(repeating: tokenizer.paddingID, count: length - $0.count)
    }
    return try Tensor(padded, shape: [prompts.count, length]).to(device: placement.device)
  }
}

extension DualEncoder {
  /// Saves the whole in the layout of transformers' `CLIPModel`, with its vocabulary.
  func write(to folder: String) throws {
    var files = try vocabulary.files
    files["preprocessor_config.json"] = try card.preprocessing.fileContents
    try ModelFolder(folder, stem: "model")
      .write(configuration: card.whole, parameters, others: files)
  }

  /// Saves the text tower alone in the layout of transformers' `CLIPTextModel`.
  func writeTextEncoder(to folder: String) throws {
    let own = parameters.filter { $0.name.hasPrefix("text_model.") }
    try ModelFolder(folder, stem: "model").write(configuration: card.textAlone, own)
  }

  /// Saves the vocabulary in a folder of its own.
  func writeTokenizer(to folder: String) throws { try vocabulary.write(to: folder) }
}
