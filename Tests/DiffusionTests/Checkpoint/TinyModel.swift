import Diffusion
import Foundation
import NN
import TestSupport
import Tokenization
import Torch

/// A whole model in diffusers' layout: the UNet and the autoencoder of the fixtures, and between
/// them a text tower with random weights and the vocabulary of the tokenizer's tests.
enum TinyModel {
  static let textWidth = 24
  static let textLayers = 2

  /// A folder with a vocabulary, of some two hundred merges.
  static let tokenizer = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../TokenizationTests/Fixtures/parts").standardized.path

  static func load(_ placement: Placement = Placement()) throws -> StableDiffusion {
    try withTemporaryFolder { folder in
      try write(to: folder)
      // The files' mappings outlive their names.
      return try StableDiffusion(.folder(folder), placement: placement)
    }
  }

  /// What loading says after `change` has been made to the folder; the folder's path is left out.
  static func failure(_ change: (_ folder: String) throws -> Void) throws -> String {
    try withTemporaryFolder { folder in
      try write(to: folder)
      try change(folder)
      return message { try StableDiffusion(.folder(folder), placement: Placement()) }
        .replacing(folder, with: "model")
    }
  }

  static func write(to folder: String) throws {
    try write(
      """
      {"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"]}
      """, to: "\(folder)/model_index.json")
    let files = FileManager.default
    try files.copyItem(
      atPath: ModelFixtures.path("unet-four-levels"), toPath: "\(folder)/unet")
    try files.copyItem(atPath: ModelFixtures.path("vae-four-levels"), toPath: "\(folder)/vae")
    try files.copyItem(atPath: tokenizer, toPath: "\(folder)/tokenizer")
    try write(
      """
      {"_class_name": "PNDMScheduler", "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
       "num_train_timesteps": 1000, "set_alpha_to_one": false, "skip_prk_steps": true, "steps_offset": 1}
      """, to: "\(folder)/scheduler/scheduler_config.json")
    let count = try CLIPTokenizer(folder: tokenizer).tokenCount
    try writeText(to: "\(folder)/text_encoder", vocabulary: count, width: textWidth)
  }

  static func writeText(to folder: String, vocabulary: Int, width: Int) throws {
    try write(
      """
      {"vocab_size": \(vocabulary), "hidden_size": \(width), "intermediate_size": 32,
       "num_hidden_layers": \(textLayers), "num_attention_heads": 2, "hidden_act": "quick_gelu"}
      """, to: "\(folder)/config.json")
    var shapes: [String: [Int]] = [
      "embeddings.token_embedding.weight": [vocabulary, width],
      "embeddings.position_embedding.weight": [77, width],
    ]
    func layer(_ name: String, _ shape: [Int]) {
      shapes["\(name).weight"] = shape
      shapes["\(name).bias"] = [shape[0]]
    }
    layer("final_layer_norm", [width])
    for block in (0..<textLayers).map({ "encoder.layers.\($0)" }) {
      for name in ["q_proj", "k_proj", "v_proj", "out_proj"] {
        layer("\(block).self_attn.\(name)", [width, width])
      }
      layer("\(block).mlp.fc1", [32, width])
      layer("\(block).mlp.fc2", [width, 32])
      layer("\(block).layer_norm1", [width])
      layer("\(block).layer_norm2", [width])
    }
    let generator = try Generator(seed: 20)
    let items = try shapes.sorted { $0.key < $1.key }.map { name, shape in
      let values = try generator.normal(shape) * 0.3
      return SafetensorsWriter.Item(
        name: "text_model.\(name)", tensor: name.contains("norm") ? try values + 1 : values)
    }
    try SafetensorsWriter.write(items, to: "\(folder)/model.safetensors")
  }

  /// Writes `text`, and the folders above it where they are not there.
  static func write(_ text: String, to path: String) throws {
    let file = URL(fileURLWithPath: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// Replaces `old` by `new` in a text file.
  static func edit(_ path: String, _ old: String, _ new: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try write(text.replacing(old, with: new), to: path)
  }
}
