internal import CLIP
internal import Files
internal import Foundation
internal import NN
internal import Torch

/// A CLIP of pictures and captions of the world of shapes, ready to be trained: a text tower that is
/// finished but for one block more on top of it, and everything else made from a seed.
///
/// The finished tower says of each figure which colour and which shape it has, in places of their
/// own. An embedding is a linear map of that, and from a sum over places nothing tells which colour
/// goes with which shape: that product is what the block more is for. The diffusion model's text
/// encoder is the tower without it, as Stable Diffusion 2's is its CLIP's without the last block.
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
  /// What of the text tower is not trained.
  private let finished: [TrainableParameter]
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
    card = try DualEncoderCard(settings, text: work.textEncoder.members())
    let source = "the dual encoder's settings"
    configuration = try CLIPConfiguration(ConfigurationFile(card.whole, path: source))
    preprocessor = try ImagePreprocessor(
      ConfigurationFile(card.preprocessing, path: source), imageSize: settings.imageSize)
    let width = configuration.projectionWidth
    let textConfiguration = try TextConfiguration(ConfigurationFile(card.text, path: source))
    text = try TextTower(
      TextTransformer(weights["text_model"], textConfiguration), tokenizerFolder: work.tokenizer,
      device: weights.placement.device)
    textProjection = try Linear(
      weights["text_projection"], from: textConfiguration.width, to: width, bias: false)
    vision = try VisionTransformer(weights["vision_model"], configuration.vision)
    visualProjection = try Linear(
      weights["visual_projection"], from: configuration.vision.width, to: width, bias: false)
    logitScale = weights.frozen("logit_scale", [], .zeros)
    placement = weights.placement
    let all = try weights.thawed()
    let begun = try Dictionary(
      work.textEncoder.tensors().map { ($0.name, $0.tensor) }, uniquingKeysWith: { $1 })
    // The last norm goes on learning: it now stands behind the block more.
    finished = all.filter {
      begun[$0.name] != nil && !$0.name.hasPrefix("text_model.final_layer_norm.")
    }
    let names = Set(finished.map(\.name))
    parameters = all.filter { !names.contains($0.name) }
    try withoutGradients {
      for parameter in all {
        if let values = begun[parameter.name] { try parameter.tensor.assign(values) }
      }
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

  /// - Returns: the normalised states of the ends of `N` captions, `[N, D]`, and embeddings of length
  ///   1, `[N, E]`.
  func texts(_ captions: [String]) throws -> (states: Tensor, embeddings: Tensor) {
    let states = try text(captions)
    return (states, try textProjection(states).normalisedRows())
  }

  /// What cosines are multiplied with before a softmax, a scalar, at most 100.
  func cosineFactor() throws -> Tensor { try logitScale.dense().exp().clamped(to: 1...100) }
}

extension DualEncoder {
  /// Saves the whole in the layout of transformers' `CLIPModel`, with its vocabulary.
  func write(to folder: ModelFolder) throws {
    var files = ["preprocessor_config.json": try JSONValue(card.preprocessing).fileContents]
    for name in try FolderListing.names(in: work.tokenizer) {
      files[name] = Data(
        try WholeFile.bytes(of: "\(work.tokenizer)/\(name)", limit: JSONValue.maximumLength))
    }
    try folder.write(configuration: card.whole, finished + parameters, others: files)
  }
}
