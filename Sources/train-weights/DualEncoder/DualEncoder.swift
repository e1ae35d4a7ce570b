internal import CLIP
internal import Files
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
  /// - Parameters:
  ///   - weights: the root of weights from a seed.
  ///   - tokenizerFolder: where the vocabulary is written, and read back from.
  init(_ settings: DualEncoderSettings, _ weights: Weights, tokenizerFolder: String) throws {
    vocabulary = WordVocabulary(CaptionGrammar.words, contextLength: settings.positions)
    try vocabulary.write(to: tokenizerFolder)
    tokenizer = try CLIPTokenizer(folder: tokenizerFolder)
    card = DualEncoderCard(settings, vocabulary)
    let source = "the dual encoder's settings"
    configuration = try CLIPConfiguration(ConfigurationFile(card.whole, path: source))
    preprocessor = try ImagePreprocessor(
      ConfigurationFile(card.preprocessing, path: source), imageSize: settings.imageSize)
    let textConfiguration = try TextConfiguration(
      ConfigurationFile(card.textAlone, path: source))
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
    let prefix = "vision_model."
    let ofVision = parameters.filter { $0.name.hasPrefix(prefix) }
      .map { (String($0.name.dropFirst(prefix.count)), $0.tensor) }
    try VisionStart(configuration.vision).apply(to: Dictionary(ofVision) { first, _ in first })
  }

  /// - Parameter pixels: `[B, 3, S, S]`, as ``preprocessor`` makes them.
  /// - Returns: the last block's states, `[B, N, W]`, the class token's normalised ones, `[B, W]`,
  ///   and embeddings of length 1, `[B, D]`.
  func images(_ pixels: Tensor) throws -> (states: Tensor, pooled: Tensor, embeddings: Tensor) {
    let states = try vision.states(pixels)
    let pooled = try vision.pooled(states)
    return (states, pooled, try visualProjection(pooled).normalisedRows())
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
  func write(to folder: ModelFolder) throws {
    var files = try vocabulary.files
    files["preprocessor_config.json"] = try JSONValue(card.preprocessing).fileContents
    try folder.write(configuration: card.whole, parameters, others: files)
  }

  /// Saves the text tower alone in the layout of transformers' `CLIPTextModel`.
  func writeTextEncoder(to folder: ModelFolder) throws {
    let own = parameters.filter { $0.name.hasPrefix("text_model.") }
    try folder.write(configuration: card.textAlone, own)
  }
}
