internal import CLIP
internal import Files
internal import Foundation
internal import NN
internal import Torch

/// A CLIP of pictures and captions of the world of shapes, ready to be trained: a text tower that is
/// finished, and everything else made from a seed.
final class DualEncoder {
  /// The sizes, read back from the configuration that is saved.
  let configuration: CLIPConfiguration

  /// How pictures become what the vision tower takes.
  let preprocessor: ImagePreprocessor

  /// What training changes, under the names of the files.
  let parameters: [TrainableParameter]

  private let card: DualEncoderCard
  private let work: WorkFolder
  private let text: TextTower
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
  ///   - work: where the finished text tower and its vocabulary are.
  init(_ settings: DualEncoderSettings, _ weights: Weights, _ work: WorkFolder) throws {
    self.work = work
    text = try TextTower(work)
    card = try DualEncoderCard(settings, text: work.textEncoder.members())
    let source = "the dual encoder's settings"
    configuration = try CLIPConfiguration(ConfigurationFile(card.whole, path: source))
    preprocessor = try ImagePreprocessor(
      ConfigurationFile(card.preprocessing, path: source), imageSize: settings.imageSize)
    let width = configuration.projectionWidth
    textProjection = try Linear(
      weights["text_projection"], from: text.configuration.width, to: width, bias: false)
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
  /// - Returns: the last block's states, `[B, N, D]`, the class token's normalised ones, `[B, D]`,
  ///   and embeddings of length 1, `[B, E]`.
  func images(_ pixels: Tensor) throws -> (states: Tensor, pooled: Tensor, embeddings: Tensor) {
    let states = try vision.states(pixels)
    let pooled = try vision.pooled(states)
    return (states, pooled, try visualProjection(pooled).normalisedRows())
  }

  /// - Returns: embeddings of length 1 of `N` captions, `[N, E]`.
  func textEmbeddings(_ captions: [String]) throws -> Tensor {
    let states = try withoutGradients { try text(captions) }
    return try textProjection(states).normalisedRows()
  }

  /// What cosines are multiplied with before a softmax, a scalar, at most 100.
  func cosineFactor() throws -> Tensor { try logitScale.dense().exp().clamped(to: 1...100) }
}

extension DualEncoder {
  /// Saves the whole in the layout of transformers' `CLIPModel`, with its vocabulary.
  func write(to folder: ModelFolder) throws {
    let text = try work.textEncoder.tensors()
    var files = ["preprocessor_config.json": try JSONValue(card.preprocessing).fileContents]
    for name in try FolderListing.names(in: work.tokenizer) {
      files[name] = Data(
        try WholeFile.bytes(of: "\(work.tokenizer)/\(name)", limit: JSONValue.maximumLength))
    }
    try folder.write(configuration: card.whole, text + parameters, others: files)
  }
}
