internal import CLIP
internal import CLIPReward
internal import ExitStatuses
internal import Foundation
internal import Imaging
internal import NN
internal import Torch

/// What `--save-embeddings` and `--save-pixels` write, gathered while images are scored.
final class EmbeddingFiles {
  private let output: ScoreOutput
  private let embedder: ImageEmbedder?
  private let model: CLIPEmbeddings?
  private let given: [String]?
  private let transparency: Transparency

  private var vectors: [Float] = []
  private var images: [String] = []
  private var told: [String] = []
  private var isTold: Set<String> = []

  /// - Parameters:
  ///   - given: the prompts that the user gave; nil for those that images tell.
  ///   - transparency: what becomes of that of the images.
  init(
    _ output: ScoreOutput, _ loaded: LoadedRewards, given: [String]?, transparency: Transparency
  ) {
    self.output = output
    embedder = loaded.embedder
    model = loaded.model
    self.given = given
    self.transparency = transparency
  }

  /// Takes the embeddings of `inputs`, which have just been scored.
  func add(_ inputs: [RewardInput]) throws {
    guard let embedder else { return }
    for (input, embedding) in zip(inputs, try embedder.embeddings(of: inputs)) {
      guard case .vector(let vector) = embedding else { continue }
      vectors += vector
      images.append(input.name)
      if given == nil, let prompt = input.prompt, isTold.insert(prompt).inserted {
        told.append(prompt)
      }
    }
  }

  /// Writes the files.
  func write() throws {
    guard let embedder, let model, !images.isEmpty else { return }
    let metadata = [
      "images": try Console.compactJSON(images),
      "passport": RewardPassport(reward: "embedding", facts: model.facts).canonicalJSON,
    ]
    if let path = output.saveEmbeddings {
      let (count, width) = (images.count, model.width)
      var items = [
        SafetensorsWriter.Item(
          name: "image_embeddings", tensor: try Tensor(vectors, shape: [count, width]))
      ]
      let prompts = given ?? told
      if !prompts.isEmpty, model.logitScale != nil {
        let texts = try embedder.vectors(of: prompts)
        let values = prompts.flatMap { texts[$0] ?? [] }
        items.append(
          .init(
            name: "text_embeddings", tensor: try Tensor(values, shape: [prompts.count, width])))
      }
      try SafetensorsWriter.write(
        items,
        metadata: metadata.merging(["prompts": try Console.compactJSON(prompts)]) { $1 }, to: path)
    }
    if let path = output.savePixels { try writePixels(to: path, model, metadata) }
  }

  /// Images are prepared once more, one at a time: a thousand of them would fill the memory.
  private func writePixels(to path: String, _ model: CLIPEmbeddings, _ metadata: [String: String])
    throws
  {
    let size = model.model.preprocessor.imageSize
    let (images, transparency) = (images, transparency)
    let item = SafetensorsWriter.Item(
      name: "pixels", dtype: .float32, shape: [images.count, 3, size, size]
    ) { take in
      let files = ImageFiles(transparency: transparency)
      for image in images {
        guard case .input(let input) = try files.load([image], prompts: [nil])[0] else {
          throw CommandError(
            status: .inputOutput, description: "\(image) cannot be read any more; score it again")
        }
        try model.pixels(of: [input.image()]).withBytes { try take($0) }
      }
    }
    try SafetensorsWriter.write([item], metadata: metadata, to: path)
  }
}
