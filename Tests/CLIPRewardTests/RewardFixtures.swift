import CLIP
import CLIPReward
import Foundation
import Imaging
import TestSupport
import Torch

/// What scripts/fixtures_rewards.py wrote.
enum RewardFixtures {
  static func path(_ name: String) -> String {
    Bundle.module.bundleURL.appending(path: "Fixtures/\(name)").path
  }

  /// A picture, and what transformers and Pillow say of it.
  struct Expected: Decodable {
    let image: String
    let prompt: String
    let jpegBytes: Int
    let cosine: Double
    let logit: Double
    let embedding: [Float]

    enum CodingKeys: String, CodingKey {
      case image, prompt, cosine, logit, embedding
      case jpegBytes = "jpeg_bytes"
    }

    var path: String { RewardFixtures.path("images/\(image)") }
  }

  static func expected() throws -> [Expected] {
    let data = try Data(contentsOf: URL(fileURLWithPath: path("images/expected.json")))
    return try JSONDecoder().decode([Expected].self, from: data)
  }

  static func clip(cache: RewardCache? = nil) throws -> CLIPEmbeddings {
    try CLIPEmbeddings(path("clip"), cache: cache, environment: [:])
  }

  static func head(_ name: String) throws -> AestheticHead {
    try AestheticHead(path("heads/\(name)"))
  }

  /// The fixtures' pictures as inputs with their prompts.
  static func inputs() throws -> [RewardInput] {
    try expected().map { expected in
      RewardInput(
        try ImageFile.read(expected.path), name: expected.image, prompt: expected.prompt)
    }
  }

  /// An image that differs from pixel to pixel, another for each `seed`.
  static func noise(_ seed: Int, width: Int = 8, height: Int = 8) -> RGBImage {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
    let pixels = (0..<3 * width * height).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
    return RGBImage(width: width, height: height, pixels: pixels)
  }
}

/// An embedding model of two lines, which counts what it embeds.
final class CountingModel: EmbeddingModel {
  let name = "counting"
  let width: Int
  let logitScale: Double? = 10
  let patchSize: Int?
  let facts: [String: String]
  let textFacts: [String: String]
  var images = 0
  var texts = 0

  init(
    width: Int = 4, patchSize: Int? = nil, facts: [String: String] = ["clip_sha256": "0"],
    textFacts: [String: String] = [:]
  ) {
    self.width = width
    self.patchSize = patchSize
    self.facts = facts
    self.textFacts = textFacts
  }

  private func unit(_ values: [Float]) throws -> Tensor {
    let row = try Tensor(values, shape: [values.count])
    return try row / row.norm()
  }

  func imageEmbeddings(of images: [RGBImage]) throws -> Tensor {
    self.images += images.count
    return try Tensor.stacked(
      images.map { image in try unit((0..<width).map { Float(image.pixels[$0]) + 1 }) })
  }

  func textEmbeddings(of texts: [String]) throws -> Tensor {
    self.texts += texts.count
    return try Tensor.stacked(
      texts.map { text in try unit((0..<width).map { Float(text.utf8.count + $0) }) })
  }
}

/// How often the images of inputs are decoded.
final class DecodeCount: Sendable {
  private let lock = NSLock()
  nonisolated(unsafe) private var count = 0

  var value: Int { lock.withLock { count } }

  func input(_ image: RGBImage, name: String, prompt: String? = nil) -> RewardInput {
    RewardInput(name: name, prompt: prompt, digest: image.pixelDigest) {
      self.lock.withLock { self.count += 1 }
      return image
    }
  }
}
