import CLIP
import Foundation
import NN
import TestSupport
import Testing
import Torch

/// What is said of files that are no CLIP model.
struct CLIPLoadingTests {
  private static func fixture(_ name: String) -> String {
    Bundle.module.bundleURL.appending(path: "Fixtures/\(name)").path
  }

  private static let advice =
    "which is not supported as a CLIP; give a CLIP model with a vision tower, such as "
    + "openai/clip-vit-large-patch14"

  @Test("a text encoder alone is refused")
  func textEncoder() {
    let folder = Self.fixture("text-gelu")
    let text = message { try CLIPModel(folder, environment: [:]) }
    #expect(text == "\(folder)/config.json is a text encoder alone, \(Self.advice)")
  }

  @Test(
    "models of other families are refused by name",
    arguments: [
      ("siglip", "a SigLIP model"), ("blip", "a BLIP model"),
      ("chinese_clip", "a Chinese-CLIP model"), ("bert", "a model of type “bert”"),
    ])
  func family(_ type: String, _ kind: String) throws {
    try withTemporaryFolder { folder in
      try #"{"model_type": "\#(type)", "text_config": {}, "vision_config": {}}"#
        .write(toFile: "\(folder)/config.json", atomically: true, encoding: .utf8)
      #expect(
        message { try CLIPModel(folder, environment: [:]) }
          == "\(folder)/config.json is \(kind), \(Self.advice)")
    }
  }

  @Test("a diffusers pipeline is refused")
  func pipeline() throws {
    try withTemporaryFolder { folder in
      try "{}".write(toFile: "\(folder)/model_index.json", atomically: true, encoding: .utf8)
      #expect(
        message { try CLIPModel(folder, environment: [:]) }
          == "\(folder) is a diffusers pipeline, which is not supported as a CLIP; its text encoder "
          + "has no vision tower: give a CLIP model with a vision tower, such as "
          + "openai/clip-vit-large-patch14")
    }
  }

  @Test("a folder without weights says what was looked for")
  func noWeights() throws {
    try withTemporaryFolder { folder in
      try "{}".write(toFile: "\(folder)/notes.txt", atomically: true, encoding: .utf8)
      #expect(
        message { try CLIPModel(folder, environment: [:]) }
          == "\(folder) has no weights; looked for model.safetensors, model.bin, "
          + "pytorch_model.safetensors, pytorch_model.bin, open_clip_model.safetensors, "
          + "open_clip_model.bin, open_clip_pytorch_model.safetensors, open_clip_pytorch_model.bin")
    }
  }

  @Test("a name that stands for nothing says where it was looked for")
  func absent() {
    #expect(
      message { try CLIPModel("org/name", environment: ["HF_HUB_CACHE": "/nowhere"]) }
        == "there is no CLIP model “org/name”; looked for org/name, /nowhere/models--org--name. "
        + "Give a folder, a .safetensors, .bin or .pt file, or the id of a model in the local "
        + "Hugging Face cache (nothing is downloaded)")
  }

  /// `clip-quick-gelu` with another text instead of one of its files.
  private func changed(
    _ name: String, _ change: (String) -> String, _ body: (_ folder: String) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let copy = "\(folder)/clip"
      try FileManager.default.copyItem(atPath: Self.fixture("clip-quick-gelu"), toPath: copy)
      let text = try String(contentsOfFile: "\(copy)/\(name)", encoding: .utf8)
      try change(text).write(toFile: "\(copy)/\(name)", atomically: true, encoding: .utf8)
      try body(copy)
    }
  }

  @Test("a crop of another size than the tower's is refused")
  func crop() throws {
    try changed("preprocessor_config.json", { $0.replacing(": 30", with: ": 224") }) { folder in
      #expect(
        message { try CLIPModel(folder, environment: [:]) }
          == "\(folder)/preprocessor_config.json crops to 224x224, and the vision tower takes 30x30 "
          + "pixels; the files are of different models")
    }
  }

  @Test("an end-of-text id outside the vocabulary is told")
  func endOfText() throws {
    let end = #""eos_token_id": 2"#
    try changed("config.json", { $0.replacing(end, with: #""eos_token_id": 49407"#) }) { folder in
      let model = try CLIPModel(folder, environment: [:])
      let size = try #require(model.configuration.text?.vocabularySize)
      #expect(
        model.warnings == [
          "the end-of-text id of \(folder) is 49407 and its vocabulary has \(size) tokens, so all "
            + "texts get one embedding, as in transformers; correct eos_token_id"
        ])
      let texts = try model.textEmbeddings(["a cat", "a dog on a log"])
      #expect(try relativeError(texts.selected(0, 0), texts.selected(0, 1)) < 1e-6)
    }
  }

  @Test(
    "a vision tower alone embeds images, and refuses texts, whatever else its file holds",
    arguments: [true, false])
  func visionTower(isWholeFile: Bool) throws {
    func flat(_: String) -> String {
      #"{"model_type": "clip_vision_model", "hidden_size": 48, "intermediate_size": 96, "#
        + #""num_attention_heads": 4, "num_hidden_layers": 2, "image_size": 30, "patch_size": 7, "#
        + #""projection_dim": 24}"#
    }
    try changed("config.json", flat) { folder in
      if !isWholeFile {
        let path = "\(folder)/model.safetensors"
        let items = try CheckpointFile.open(path).entries.values.filter { entry in
          ["vision_model.", "visual_projection."].contains(where: entry.name.hasPrefix)
        }.map { SafetensorsWriter.Item(name: $0.name, tensor: try $0.tensor().contiguous()) }
        try SafetensorsWriter.write(items, to: path)
      }
      let model = try CLIPModel(folder, environment: [:])
      #expect(!model.embedsTexts)
      #expect(model.logitScale == nil)
      #expect(try model.imageEmbeddings(.zeros([1, 3, 30, 30])).shape == [1, 24])
      #expect(
        message { try model.textEmbeddings(["a cat"]) }
          == "\(folder) is a vision tower alone: it embeds images but no texts; "
          + "give a whole CLIP model to compare images with prompts")
    }
  }
}
