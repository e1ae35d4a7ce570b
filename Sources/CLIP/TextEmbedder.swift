internal import NN
internal import Torch

/// The text tower with its projection: token ids to embeddings.
final class TextEmbedder {
  private let tower: TextTransformer
  private let projection: Linear
  private let endOfText: CLIPConfiguration.EndOfText
  private let device: Device

  /// Prompts that go through the tower together, so that memory does not grow with their number.
  private static let batch = 32

  /// Reads `text_model` and `text_projection`.
  init(_ weights: Weights, _ text: TextConfiguration, _ configuration: CLIPConfiguration) throws {
    tower = try TextTransformer(weights["text_model"], text)
    projection = try Linear(
      weights["text_projection"], from: text.width, to: configuration.projectionWidth, bias: false)
    endOfText = configuration.endOfText
    device = weights.placement.device
  }

  /// - Parameters:
  ///   - prompts: the ids of each from begin to end, none longer than the context.
  ///   - padding: what shorter ones are filled up with; no state before it depends on it.
  /// - Returns: embeddings of length 1, `F32 [P, D]` on the CPU.
  func callAsFunction(_ prompts: [[Int]], padding: Int) throws -> Tensor {
    let batches = stride(from: 0, to: prompts.count, by: Self.batch).map {
      Array(prompts[$0..<min($0 + Self.batch, prompts.count)])
    }
    return try Tensor.concatenated(batches.map { try embedded($0, padding: padding) })
  }

  private func embedded(_ prompts: [[Int]], padding: Int) throws -> Tensor {
    let length = prompts.map(\.count).max() ?? 0
    let padded = prompts.flatMap { $0 + Array(repeating: padding, count: length - $0.count) }
    let ids = try Tensor(padded, shape: [prompts.count, length])
    let states = try tower(ids.to(device: device))
    // The state of the end token of each, all prompts one below the other.
    let ends = prompts.enumerated().map { $0 * length + endOfText.index(in: $1) }
    let rows = try states.reshaped([prompts.count * length, states.shape[2]])
      .embedding(Tensor(ends, shape: [ends.count]).to(device: device))
    return try projection(rows).normalisedRows()
  }
}
