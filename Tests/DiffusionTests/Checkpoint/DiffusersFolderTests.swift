import Diffusion
import Foundation
import NN
import TestSupport
import Testing
import Tokenization
import Torch

/// Models in diffusers' layout: which file is taken, and what is refused.
struct DiffusersFolderTests {
  /// The file taken from those that are there.
  private func chosen(
    _ present: [String], _ component: ModelComponent = .unet, variant: String? = nil
  ) throws -> String {
    try withTemporaryFolder { folder in
      try TinyModel.write("{}", to: "\(folder)/model_index.json")
      for name in present {
        try TinyModel.write("", to: "\(folder)/\(component.rawValue)/\(name)")
      }
      do {
        return try DiffusersFolder(folder, variant: variant).file(of: component)
          .replacing("\(folder)/\(component.rawValue)/", with: "")
      } catch {
        return "\(error)".replacing(folder, with: "model")
      }
    }
  }

  private static let stem = "diffusion_pytorch_model"

  @Test(
    "of several files the asked one comes first, then the plain one, safetensors before pickles",
    arguments: [
      (["safetensors", "bin"], nil, "safetensors"),
      (["bin", "fp16.safetensors"], nil, "bin"),
      (["safetensors", "fp16.safetensors"], nil, "safetensors"),
      (["safetensors", "fp16.safetensors"], "fp16", "fp16.safetensors"),
      (["fp16.bin", "fp16.safetensors", "safetensors"], "fp16", "fp16.safetensors"),
      (["fp16.bin", "safetensors"], "fp16", "fp16.bin"),
      (["safetensors"], "fp16", "safetensors"),
      (["fp16.safetensors"], nil, "fp16.safetensors"),
      (["non_ema.safetensors", "fp16.bin"], nil, "fp16.bin"),
      (["non_ema.safetensors", "safetensors"], "non_ema", "non_ema.safetensors"),
      (["safetensors.index.json", "bin"], nil, "safetensors.index.json"),
      (["safetensors.index.fp16.json", "bin"], "fp16", "safetensors.index.fp16.json"),
      (["fp16.safetensors.index.json", "safetensors"], "fp16", "fp16.safetensors.index.json"),
      (["bin.index.json"], nil, "bin.index.json"),
      (["own.safetensors", "safetensors"], "own", "own.safetensors"),
    ] as [([String], String?, String)])
  func choice(present: [String], variant: String?, expected: String) throws {
    let files = present.map { "\(Self.stem).\($0)" }
    for component in [ModelComponent.unet, .vae] {
      #expect(try chosen(files, component, variant: variant) == "\(Self.stem).\(expected)")
    }
  }

  @Test(
    "a text encoder's file is called model or pytorch_model",
    arguments: [
      (["model.safetensors", "pytorch_model.bin"], "model.safetensors"),
      (["pytorch_model.bin"], "pytorch_model.bin"),
      (["model.fp16.safetensors", "pytorch_model.bin"], "pytorch_model.bin"),
    ])
  func textEncoder(present: [String], expected: String) throws {
    #expect(try chosen(present, .textEncoder) == expected)
  }

  @Test("a component without weights says what was looked for")
  func noWeights() throws {
    #expect(
      try chosen(["diffusion_flax_model.msgpack"])
        == "model/unet has no weights; looked for diffusion_pytorch_model.safetensors, diffusion_pytorch_model.bin"
    )
    #expect(
      try chosen([], .textEncoder) == "model/text_encoder has no weights; "
        + "looked for model.safetensors, model.bin, pytorch_model.safetensors, pytorch_model.bin")
  }

  @Test("a folder is a model where it has a model_index.json")
  func notAModel() throws {
    try withTemporaryFolder { folder in
      #expect(
        message { try DiffusersFolder(folder, variant: nil) }
          == "\(folder) is no diffusers model: it has no model_index.json")
    }
  }

  @Test(
    "pipelines of other families are refused by name",
    arguments: [
      ("StableDiffusionXLPipeline", "an SDXL model"),
      ("StableDiffusionXLInpaintPipeline", "an SDXL model"),
      ("StableDiffusion3Pipeline", "an SD-3 model"), ("FluxPipeline", "a Flux model"),
      ("KandinskyPipeline", "a Kandinsky model"),
      ("StableDiffusionInpaintPipeline", "an inpainting model"),
      ("StableDiffusionInstructPix2PixPipeline", "an InstructPix2Pix model"),
      ("StableDiffusionUpscalePipeline", "an upscaler"),
      ("StableCascadePriorPipeline", "a Stable Cascade model"),
      ("PixArtAlphaPipeline", "a PixArt model"),
      ("LatentConsistencyModelPipeline", "a latent consistency model"),
      ("AudioLDMPipeline", "a AudioLDMPipeline"),
    ])
  func otherPipeline(name: String, kind: String) throws {
    #expect(
      try TinyModel.failure { folder in
        try TinyModel.write("{\"_class_name\": \"\(name)\"}", to: "\(folder)/model_index.json")
      } == "model is \(kind), which is not supported; "
        + "this program samples SD-1.x models (text to image, 4 latent channels)")
  }

  @Test("a Flax copy of the pipeline is the same model")
  func flax() throws {
    #expect(
      try TinyModel.failure { folder in
        try TinyModel.edit(
          "\(folder)/model_index.json", "StableDiffusionPipeline", "FlaxStableDiffusionPipeline")
      } == "")
  }

  @Test(
    "UNets of other families are refused by what they take in",
    arguments: [
      ("\"in_channels\": 4", "\"in_channels\": 9", "an inpainting model (9 input channels)"),
      (
        "\"cross_attention_dim\": 24", "\"cross_attention_dim\": 1024",
        "an SD-2 model (text states of width 1024)"
      ),
    ])
  func otherUNet(old: String, new: String, kind: String) throws {
    #expect(
      try TinyModel.failure { try TinyModel.edit("\($0)/unet/config.json", old, new) }
        == "model is \(kind), which is not supported; "
        + "this program samples SD-1.x models (text to image, 4 latent channels)")
  }

  @Test("components of different models are told apart")
  func misfits() throws {
    #expect(
      try TinyModel.failure { folder in
        try TinyModel.edit(
          "\(folder)/unet/config.json", "\"cross_attention_dim\": 24",
          "\"cross_attention_dim\": 32")
      }
        == "the UNet of model wants text states of width 32, but its text encoder makes them 24 wide; "
        + "the components are of different models")
    #expect(
      try TinyModel.failure { folder in
        try TinyModel.edit(
          "\(folder)/vae/config.json", "\"latent_channels\": 4", "\"latent_channels\": 8")
      } == "the UNet of model takes 4 channels and makes 4, but its VAE has 8 latent channels; "
        + "the components are of different models")
    let count = try TinyModel.load().tokenizer.tokenCount
    #expect(
      try TinyModel.failure { folder in
        try TinyModel.writeText(
          to: "\(folder)/text_encoder", vocabulary: 100, width: TinyModel.textWidth)
      }
        == "the vocabulary has \(count) tokens, but the text encoder of model has embeddings for 100; "
        + "the tokenizer is of another model")
  }

  @Test("a component without configuration, or without a key of it, is named with its file")
  func configuration() throws {
    #expect(
      try TinyModel.failure { try FileManager.default.removeItem(atPath: "\($0)/vae/config.json") }
        == "model/vae/config.json does not exist; check the path")
    #expect(
      try TinyModel.failure {
        try TinyModel.edit("\($0)/unet/config.json", "block_out_channels", "channels")
      } == "model/unet/config.json has no key “block_out_channels”; "
        + "is it the configuration of another kind of model?")
  }

  @Test("weights that do not fit their configuration are listed")
  func mismatch() throws {
    let text = try TinyModel.failure { folder in
      try TinyModel.edit(
        "\(folder)/text_encoder/config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1"
      )
    }
    let lines = text.split(separator: "\n").map(String.init)
    #expect(
      lines.first == "model/text_encoder/model.safetensors does not fit its configuration; "
        + "is config.json of another model, or the download incomplete?")
    #expect(lines.dropFirst().first == "  16 not asked for:")
    #expect(lines.contains("    encoder.layers.1.mlp.fc1.weight"))
  }

  @Test("sharded weights are one component")
  func shards() throws {
    #expect(
      try TinyModel.failure { folder in
        let source = "\(folder)/unet/diffusion_pytorch_model.safetensors"
        let entries = try CheckpointFile.open(source).entries
        var map: [String: String] = [:]
        for part in 0..<2 {
          let name = "diffusion_pytorch_model-0000\(part + 1)-of-00002.safetensors"
          let names = entries.keys.sorted().enumerated().filter { $0.offset % 2 == part }
          let items = try names.map { _, name in
            SafetensorsWriter.Item(name: name, tensor: try #require(entries[name]).tensor())
          }
          for (_, tensor) in names { map[tensor] = name }
          try SafetensorsWriter.write(items, to: "\(folder)/unet/\(name)")
        }
        try FileManager.default.removeItem(atPath: source)
        let index = try JSONEncoder().encode(["weight_map": map])
        try TinyModel.write(
          String(decoding: index, as: UTF8.self), to: "\(source).index.json")
      } == "")
  }

  @Test("a VAE with a tensor under its old name and its new one is refused")
  func sameTensor() throws {
    let text = try TinyModel.failure { folder in
      let path = "\(folder)/vae/diffusion_pytorch_model.safetensors"
      let place = "decoder.mid_block.attentions.0"
      var items: [SafetensorsWriter.Item] = []
      for (name, entry) in try CheckpointFile.open(path).entries {
        items.append(SafetensorsWriter.Item(name: name, tensor: try entry.tensor()))
      }
      for name in ["query", "to_q"]
      where !items.contains(where: { $0.name == "\(place).\(name).bias" }) {
        items.append(SafetensorsWriter.Item(name: "\(place).\(name).bias", tensor: try .zeros([1])))
      }
      try SafetensorsWriter.write(items, to: path)
    }
    #expect(
      text == "model/vae/diffusion_pytorch_model.safetensors has both "
        + "decoder.mid_block.attentions.0.query.bias and "
        + "decoder.mid_block.attentions.0.to_q.bias, which are the same tensor of the network; "
        + "remove one of them")
  }

  @Test("a component's folder that cannot be listed is told from one without weights")
  func unlistable() throws {
    try withTemporaryFolder { folder in
      try TinyModel.write("{}", to: "\(folder)/model_index.json")
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/vae", withDestinationPath: "vae")
      #expect(
        message { try DiffusersFolder(folder, variant: nil).file(of: .vae) }
          .hasPrefix("\(folder)/vae cannot be read: "))
    }
  }

  @Test("a tokenizer whose prompts are longer than the text encoder's positions is refused")
  func longPrompts() throws {
    #expect(
      try TinyModel.failure { folder in
        try TinyModel.write(
          "{\"model_max_length\": 512}", to: "\(folder)/tokenizer/tokenizer_config.json")
      }
        == "the tokenizer makes prompts of 512 tokens (model_max_length), but the text encoder of model has 77 positions; "
        + "the tokenizer is of another model")
  }

  @Test(
    "sizes that no network has are refused, not computed with",
    arguments: [
      ("unet", "\"block_out_channels\"", "\"block_out_channels\": [], \"_old\""),
      ("vae", "\"block_out_channels\"", "\"block_out_channels\": [], \"_old\""),
      (
        "unet", "\"block_out_channels\"",
        "\"block_out_channels\": [4611686018427387904, 1], \"_old\""
      ),
      ("text_encoder", "\"vocab_size\"", "\"vocab_size\": 1152921504606846976, \"_old\""),
    ])
  func absurdSizes(component: String, old: String, new: String) throws {
    let text = try TinyModel.failure {
      try TinyModel.edit("\($0)/\(component)/config.json", old, new)
    }
    #expect(text.hasPrefix("model/\(component)/config.json: “"))
    #expect(text.contains("which should be a"))
  }

  @Test("8-bit weights can be looked through for what is not finite")
  func inspectEightBit() throws {
    try withTemporaryFolder { folder in
      try TinyModel.write(to: folder)
      let path = "\(folder)/vae/diffusion_pytorch_model.safetensors"
      let items = try CheckpointFile.open(path).entries.map { name, entry in
        SafetensorsWriter.Item(name: name, tensor: try entry.tensor().to(.float8E5M2))
      }
      try SafetensorsWriter.write(items, to: path)
      try ModelInspection(.folder(folder)).checkFinite()
    }
  }
}
