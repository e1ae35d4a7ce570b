import CLIPReward
import Foundation
import Imaging
import NN
import TestSupport
import Testing
import Torch

/// Rewards on a CLIP against transformers' numbers.
struct CLIPScoreTests {
  @Test("cosine, 100 and logit are transformers'", arguments: TextImageReward.Scale.allCases)
  func scales(_ scale: TextImageReward.Scale) throws {
    let reward = try TextImageReward(ImageEmbedder(RewardFixtures.clip()), scale: scale)
    let outcomes = try reward.outcomes(for: RewardFixtures.inputs())
    for (outcome, expected) in zip(outcomes, try RewardFixtures.expected()) {
      let wanted =
        switch scale {
        case .cosine: expected.cosine
        case .hundred: 100 * max(expected.cosine, 0)
        case .logit: expected.logit
        }
      let score = try #require(outcome.score)
      #expect(abs(score - wanted) < 1e-4 * max(1, abs(wanted)))
    }
    #expect(reward.passport.facts["scale"] == scale.rawValue)
  }

  @Test("an image without a prompt is excluded, not scored 0")
  func noPrompt() throws {
    let reward = try TextImageReward(ImageEmbedder(CountingModel()))
    let inputs = [
      RewardInput(RewardFixtures.noise(1), name: "a"),
      RewardInput(RewardFixtures.noise(2), name: "b", prompt: "x"),
    ]
    let outcomes = try reward.outcomes(for: inputs)
    #expect(outcomes[0] == .excluded(.noPrompt))
    #expect(outcomes[1].score != nil)
  }

  @Test("images are embedded as transformers does it")
  func embeddings() throws {
    let embedder = ImageEmbedder(try RewardFixtures.clip())
    let found = try embedder.embeddings(of: RewardFixtures.inputs())
    for (embedding, expected) in zip(found, try RewardFixtures.expected()) {
      guard case .vector(let vector) = embedding else {
        Issue.record("\(expected.image) has no embedding")
        continue
      }
      #expect(relativeError(vector.map(Double.init), expected.embedding) < 1e-4)
    }
  }

  @Test("passports tell CLIPs apart that compute otherwise with the same weights")
  func configurations() throws {
    try withTemporaryFolder { folder in
      let original = RewardFixtures.path("clip")
      var facts: [[String: String]] = []
      for (file, change) in [
        ("", { $0 }), ("config.json", Self.edit("text_config", "eos_token_id", 7)),
        ("config.json", Self.edit("text_config", "layer_norm_eps", 1e-3)),
        ("config.json", Self.edit("vision_config", "num_attention_heads", 1)),
        ("config.json", Self.edit("vision_config", "layer_norm_eps", 1e-3)),
      ] as [(String, ([String: Any]) -> [String: Any])] {
        let place = "\(folder)/\(facts.count)"
        try FileManager.default.copyItem(atPath: original, toPath: place)
        if !file.isEmpty {
          let url = URL(fileURLWithPath: "\(place)/\(file)")
          let object = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
          try JSONSerialization.data(withJSONObject: change(object as? [String: Any] ?? [:]))
            .write(to: url)
        }
        let model = try CLIPEmbeddings(place, environment: [:])
        facts.append(try TextImageReward(ImageEmbedder(model)).passport.facts)
      }
      #expect(Set(facts.map { $0["clip_sha256"] }).count == 1)
      #expect(Set(facts.map { $0["clip_configuration"] }).count == facts.count)
      #expect(Set(facts.map { $0["vocabulary_sha256"] }).count == 1)
      #expect(facts[0]["vocabulary_sha256"]?.count == 64)
    }
  }

  /// A change of one key within one part of a configuration.
  private static func edit(_ part: String, _ key: String, _ value: Any)
    -> ([String: Any]) -> [String: Any]
  {
    { object in
      var object = object
      var inner = object[part] as? [String: Any] ?? [:]
      inner[key] = value
      object[part] = inner
      return object
    }
  }

  @Test("an image that would be scaled to gigabytes is left out with the reason, alone")
  func narrow() throws {
    let long = RGBImage(width: 1, height: 200_000, filledWith: .black)
    let inputs = [
      RewardInput(long, name: "long"), RewardInput(RewardFixtures.noise(1), name: "b"),
    ]
    let found = try ImageEmbedder(RewardFixtures.clip()).embeddings(of: inputs)
    #expect(
      found[0]
        == .excluded(
          .failed(
            "for the CLIP it would be scaled from 1x200000 to 32x6400000 pixels, more than "
              + "178956970; cut it")))
    #expect(found[1] != found[0])
  }

  @Test("JPEG sizes are Pillow's, to the byte", arguments: JPEGSizeReward.Goal.allCases)
  func jpegSizes(_ goal: JPEGSizeReward.Goal) throws {
    let outcomes = try JPEGSizeReward(goal).outcomes(for: RewardFixtures.inputs())
    for (outcome, expected) in zip(outcomes, try RewardFixtures.expected()) {
      let kilobytes = Double(expected.jpegBytes) / 1000
      #expect(outcome.score == (goal == .compressible ? -kilobytes : kilobytes))
    }
  }

  @Test("a head of another width is refused with both widths and both families")
  func headWidth() throws {
    let head = try RewardFixtures.head("mlp.pth")
    #expect(
      message { try AestheticReward(head, ImageEmbedder(CountingModel(width: 768))) }
        == "mlp.pth takes embeddings of 12 numbers, but counting gives 768 (as ViT-L/14 does); "
        + "name the CLIP that the head was trained on")
    #expect(
      RewardError.headWidth(head: "sa.pth", width: 512, clip: "clip", clipWidth: 768).description
        == "sa.pth takes embeddings of 512 numbers (as ViT-B/32 and ViT-B/16 do), but clip gives 768 "
        + "(as ViT-L/14 does); name the CLIP that the head was trained on")
  }

  @Test(
    "a head whose name speaks of another family of the same width is warned of",
    arguments: [
      ("sa_0_4_vit_b_32_linear.safetensors", 16, true),
      ("sa_0_4_vit_b_16_linear.safetensors", 16, false), ("b32.safetensors", 32, false),
      ("head.safetensors", 16, false), ("ava-l14-x.safetensors", 32, true),
    ])
  func family(name: String, patch: Int, isWarned: Bool) throws {
    try withTemporaryFolder { folder in
      let file = "\(folder)/\(name)"
      try SafetensorsWriter.write(
        [
          .init(name: "weight", tensor: try Tensor.full([1, 512], 1)),
          .init(name: "bias", tensor: try Tensor.full([1], 1)),
        ], to: file)
      let model = CountingModel(width: 512, patchSize: patch)
      let reward = try AestheticReward(AestheticHead(file), ImageEmbedder(model))
      #expect((reward.warning != nil) == isWarned)
    }
  }

  @Test("an image that cannot be read is excluded with the reason, and the others are scored")
  func unreadable() throws {
    let broken = RewardInput(name: "x.png", digest: "00") {
      throw ImagingError.truncated(source: "x.png", format: "PNG")
    }
    let sound = RewardInput(RewardFixtures.noise(3), name: "y", prompt: "p")
    let reward = JPEGSizeReward()
    let outcomes = try reward.outcomes(for: [broken, sound])
    #expect(
      outcomes[0]
        == .excluded(
          .unreadable("x.png is a PNG image that ends too early; copy or make it again")))
    #expect(outcomes[1].score != nil)
    let embedded = try ImageEmbedder(CountingModel()).embeddings(of: [broken, sound])
    #expect(
      embedded[0]
        == .excluded(
          .unreadable("x.png is a PNG image that ends too early; copy or make it again")))
  }

  @Test("passports are equal exactly where transparency becomes the same")
  func transparency() throws {
    func passports(_ transparency: Transparency) throws -> [RewardPassport] {
      let clip = try CLIPEmbeddings(
        RewardFixtures.path("clip"), transparency: transparency, environment: [:])
      let embedder = ImageEmbedder(clip)
      return [
        JPEGSizeReward(transparency: transparency).passport,
        try TextImageReward(embedder).passport,
        try AestheticReward(RewardFixtures.head("mlp.pth"), embedder).passport,
      ]
    }
    let dropped = try passports(.dropped)
    #expect(try passports(.dropped) == dropped)
    for (one, other) in zip(dropped, try passports(.overWhite)) {
      #expect(one.differences(from: other) == ["transparency drop vs white"])
    }
  }

  @Test("two rewards on one embedder embed an image once")
  func shared() throws {
    let model = CountingModel(width: 12)
    let embedder = ImageEmbedder(model, batchSize: 2)
    let inputs = (0..<5).map {
      RewardInput(RewardFixtures.noise($0), name: "\($0)", prompt: "p")
    }
    _ = try TextImageReward(embedder).outcomes(for: inputs)
    _ = try AestheticReward(RewardFixtures.head("mlp.pth"), embedder).outcomes(for: inputs)
    #expect(model.images == 5)
    #expect(model.texts == 1)
  }
}
