internal import CLIP
internal import Diffusion
internal import NN
internal import Torch

/// Text states for training: worked out once a prompt, or at each step where the text encoder is
/// trained.
final class TrainingStates {
  private let encoder: PromptEncoder
  private let options: PromptOptions
  private let areTrained: Bool

  /// About a thousand prompts of SD-1.5's size; more are worked out again.
  private var known = RecentTensors(limit: 256 << 20)

  init(_ model: StableDiffusion, options: PromptOptions, areTrained: Bool) throws {
    self.options = options
    self.areTrained = areTrained
    encoder = try PromptEncoder(
      tokenizer: model.tokenizer, tower: model.textEncoder, options: options,
      device: model.placement.device)
  }

  /// What of `prompt` the model does not see; nil where it sees all.
  func truncation(of prompt: String) -> String? { encoder.truncation(of: prompt) }

  /// - Returns: `[B, M, D]`.
  func states(of prompts: [String]) throws -> Tensor {
    let count = options.usesChunks ? prompts.map(encoder.chunkCount).max() ?? 1 : 1
    guard !areTrained else { return try encoder.encodeTogether(prompts, chunkCount: count) }
    return try Tensor.stacked(
      prompts.map { prompt in
        try known.tensor("\(count) \(prompt)") {
          try withoutGradients { try encoder.encode([prompt], chunkCount: count)[0] }
        }
      })
  }
}
