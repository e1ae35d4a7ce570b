internal import CLIP
internal import Diffusion
internal import NN
internal import Torch

/// Text states for training: worked out once a prompt, or at each step where the text encoder is
/// trained.
final class TrainingStates {
  private let encoder: PromptEncoder
  private let tower: TextTransformer
  private let options: PromptOptions
  private let device: Device
  private let areTrained: Bool
  private var known: [String: Tensor] = [:]

  init(_ model: StableDiffusion, options: PromptOptions, areTrained: Bool) throws {
    tower = model.textEncoder
    device = model.placement.device
    self.options = options
    self.areTrained = areTrained
    encoder = try PromptEncoder(
      tokenizer: model.tokenizer, tower: tower, options: options, device: device)
  }

  /// - Returns: `[B, M, D]`.
  func states(of prompts: [String]) throws -> Tensor {
    let count = options.usesChunks ? prompts.map(encoder.chunkCount).max() ?? 1 : 1
    guard !areTrained else { return try encoder.encodeTogether(prompts, chunkCount: count) }
    return try Tensor.stacked(
      prompts.map { prompt in
        let key = "\(count) \(prompt)"
        if let states = known[key] { return states }
        let states = try withoutGradients { try encoder.encode([prompt], chunkCount: count)[0] }
        known[key] = states
        return states
      })
  }
}
