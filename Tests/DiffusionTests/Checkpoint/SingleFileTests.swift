import CLIP
import Diffusion
import NN
import TestSupport
import Testing
import Tokenization
import Torch

/// Single-file checkpoints: names, sizes read off shapes, and what is refused.
struct SingleFileTests {
  private static let names = LatentDiffusionNames(unetLayers: 2, vaeLevels: 4)

  private func component(_ name: String) throws -> PublishedNames {
    try #require(PublishedNames.all[name])
  }

  @Test("every name of SD-1.5's UNet has its place")
  func unet() throws {
    let rows = try component("unet").rows
    #expect(rows.count == 686)
    for row in rows { #expect(Self.names.unet(row.single) == row.folder) }
  }

  @Test("every name of SD-1.5's VAE has its place")
  func vae() throws {
    let rows = try component("vae").rows
    #expect(rows.count == 248)
    for row in rows { #expect(Self.names.vae(row.single) == row.folder) }
  }

  @Test("every name of SD-1.5's text tower has its place, with and without its prefix")
  func text() throws {
    let rows = try component("text_encoder").rows
    #expect(rows.count == 196)
    for row in rows {
      let bare = String(row.folder.dropFirst("text_model.".count))
      #expect(Self.names.text(row.single) == bare)
      #expect(Self.names.text(bare) == bare)
      #expect(DiffusersFolder.name(row.folder, in: .textEncoder) == bare)
    }
  }

  @Test(
    "what the networks do not have gets no name",
    arguments: [
      "", "weight", "time_embed", "input_blocks.x.0.weight", "input_blocks.1.0.in_layers.9.weight",
      "middle_block.0.unknown.weight", "label_emb.0.0.weight", "output_blocks.0.weight",
    ])
  func strangers(_ name: String) {
    #expect(Self.names.unet(name) == nil)
    #expect(Self.names.vae(name) == nil)
  }

  @Test("the names of the VAE before diffusers 0.12 are the new ones")
  func oldNames() {
    for (old, new) in [
      ("query", "to_q"), ("key", "to_k"), ("value", "to_v"), ("proj_attn", "to_out.0"),
      ("group_norm", "group_norm"),
    ] {
      let place = "encoder.mid_block.attentions.0"
      #expect(DiffusersFolder.name("\(place).\(old).weight", in: .vae) == "\(place).\(new).weight")
    }
    #expect(DiffusersFolder.name("encoder.conv_in.weight", in: .vae) == "encoder.conv_in.weight")
  }

  @Test("a single file is SD-1.5: all tensors asked for, none left over", arguments: [true, false])
  func published(hasTextPrefix: Bool) throws {
    let model = try HollowCheckpoint.published(hasTextPrefix: hasTextPrefix).load()
    #expect(model.parameterCount == 859_520_964 + 83_653_863 + 123_060_480)
    let unet = model.unet.configuration
    #expect(unet.levels.map(\.channels) == [320, 640, 1280, 1280])
    #expect(unet.levels.map(\.layers) == [2, 2, 2, 2])
    #expect(unet.levels.map(\.downHeads) == [8, 8, 8, nil])
    #expect(unet.levels.map(\.upHeads) == [8, 8, 8, nil])
    #expect(unet.contextWidth == 768)
    #expect(unet.inChannels == 4 && unet.outChannels == 4 && unet.groups == 32)
    let vae = model.vae.configuration
    #expect(vae.widths == [128, 256, 512, 512])
    #expect(vae.layers == 2 && vae.latentChannels == 4 && vae.scale == 8)
    #expect(vae.scalingFactor == 0.18215)
    let text = model.textEncoder.configuration
    #expect(text.vocabularySize == 49408 && text.width == 768 && text.intermediateWidth == 3072)
    #expect(text.layers == 12 && text.heads == 12 && text.positions == 77)
    #expect(text.activation == .quickGelu)
    #expect(model.scheduler == .stableDiffusion)
  }

  @Test("a tensor that is missing or foreign is told by the name that a layer has for it")
  func mismatch() throws {
    var checkpoint = HollowCheckpoint.published()
    checkpoint.shapes["model.diffusion_model.out.0.bias"] = nil
    checkpoint.shapes["model.diffusion_model.label_emb.weight"] = [3]
    #expect(
      try checkpoint.failure == """
        x.safetensors does not fit its configuration; is config.json of another model, or the download incomplete?
          1 missing:
            conv_norm_out.bias [320]
          1 not asked for:
            label_emb.weight
        """)
  }

  /// A file of another family, by the tensors that tell it.
  struct Other: Sendable, CustomTestStringConvertible {
    let kind: String
    let advice: String
    let shapes: [String: [Int]]

    init(
      _ kind: String,
      advice: String = "this program samples SD-1.x models (text to image, 4 latent channels)",
      _ names: String...
    ) {
      self.kind = kind
      self.advice = advice
      shapes = Dictionary(uniqueKeysWithValues: names.map { ($0, [1]) })
    }

    var testDescription: String { kind }
  }

  private static let adapterAdvice = "give the base model, and the adapter with --lora"

  private static let partAdvice =
    "it looks like one component of a diffusers model: give the model's folder"

  static let others: [Other] = [
    Other(
      "a LoRA adapter", advice: adapterAdvice,
      "lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight"),
    Other(
      "a LoRA adapter", advice: adapterAdvice, "unet.down_blocks.0.attn1.to_q.lora.down.weight"),
    Other(
      "a LoRA adapter", advice: adapterAdvice,
      "down_blocks.0.attn1.processor.to_q_lora.down.weight"),
    Other(
      "a LoRA adapter", advice: adapterAdvice,
      "base_model.model.down_blocks.0.attn1.to_q.lora_A.weight"),
    Other(
      "an SDXL checkpoint", "conditioner.embedders.0.transformer.x",
      "model.diffusion_model.out.0.bias"),
    Other("an SD-3 checkpoint", "model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight"),
    Other("a Flux checkpoint", "double_blocks.0.img_attn.qkv.weight"),
    Other("a ControlNet", "control_model.input_blocks.0.0.weight"),
    Other("a ControlNet", "controlnet_cond_embedding.conv_in.weight", "conv_in.weight"),
    Other(
      "an SD-2 checkpoint (OpenCLIP text encoder)", "cond_stage_model.model.ln_final.weight",
      "model.diffusion_model.out.0.bias"),
    Other(
      "a file of weights without a UNet (model.diffusion_model.…)",
      "first_stage_model.decoder.conv_in.weight"),
    Other(
      "a file of weights without a UNet (model.diffusion_model.…)", advice: partAdvice,
      "decoder.conv_in.weight"),
    Other(
      "a file of weights without a UNet (model.diffusion_model.…)", advice: partAdvice,
      "down_blocks.0.resnets.0.conv1.weight"),
    Other(
      "a checkpoint without a VAE (first_stage_model.…)",
      advice: "use one that has its VAE baked in",
      "model.diffusion_model.out.0.bias"),
    Other(
      "a checkpoint without a CLIP text encoder (cond_stage_model.transformer.…)",
      advice: "this program samples SD-1.x models", "model.diffusion_model.out.0.bias",
      "first_stage_model.decoder.conv_in.weight"),
  ]

  @Test("what is no SD-1.x checkpoint is refused by name", arguments: others)
  func refused(_ other: Other) throws {
    #expect(
      try HollowCheckpoint(shapes: other.shapes).failure
        == "x.safetensors is \(other.kind), which is not supported; \(other.advice)")
  }

  @Test(
    "networks of another input are refused by what they take",
    arguments: [
      ([320, 9, 3, 3], 768, "an inpainting model (9 input channels)"),
      ([320, 8, 3, 3], 768, "an InstructPix2Pix model (8 input channels)"),
      ([320, 5, 3, 3], 768, "a model with 5 input channels"),
      ([320, 4, 3, 3], 1024, "an SD-2 model (text states of width 1024)"),
      ([320, 4, 3, 3], 2048, "an SDXL model (text states of width 2048)"),
    ])
  func otherInput(input: [Int], width: Int, kind: String) throws {
    var checkpoint = HollowCheckpoint.published()
    checkpoint.shapes["model.diffusion_model.input_blocks.0.0.weight"] = input
    checkpoint.shapes[
      "model.diffusion_model.middle_block.1.transformer_blocks.0.attn2.to_k.weight"] = [
        1280, width,
      ]
    #expect(
      try checkpoint.failure == "x.safetensors is \(kind), which is not supported; "
        + "this program samples SD-1.x models (text to image, 4 latent channels)")
  }

  @Test("a GGUF file is refused as what it is, whatever it is called")
  func gguf() throws {
    try withTemporaryFolder { folder in
      try TinyModel.write("GGUF\u{3}", to: "\(folder)/x.safetensors")
      #expect(
        message { try StableDiffusion(.file("\(folder)/x.safetensors"), placement: Placement()) }
          == "\(folder)/x.safetensors is a GGUF file, which is not supported; "
          + "give the weights as .safetensors or a torch checkpoint")
    }
  }

  @Test(
    "two tensors that stand for one of the network are refused by both names",
    arguments: [
      ("first_stage_model.decoder.conv_in.weight", "vae.decoder.conv_in.weight"),
      (
        "cond_stage_model.transformer.final_layer_norm.bias",
        "cond_stage_model.transformer.text_model.final_layer_norm.bias"
      ),
    ])
  func sameTensor(one: String, other: String) throws {
    var checkpoint = HollowCheckpoint.published()
    for name in [one, other] { checkpoint.shapes[name] = [1] }
    #expect(
      try checkpoint.failure == "x.safetensors has both \(one) and \(other), "
        + "which are the same tensor of the network; remove one of them")
  }

  @Test("positions that no layer reads may stand twice")
  func positionIDs() throws {
    var checkpoint = HollowCheckpoint.published()
    checkpoint.shapes["cond_stage_model.transformer.embeddings.position_ids"] = [1, 77]
    #expect(try checkpoint.failure == "")
  }

  @Test("a vocabulary smaller than the embeddings is a warning")
  func smallVocabulary() throws {
    let model = try HollowCheckpoint.published().load()
    let count = model.tokenizer.tokenCount
    #expect(model.warnings.count == 1)
    #expect(
      model.warnings[0].hasPrefix("the vocabulary has \(count) tokens, and the text encoder of "))
    #expect(
      model.warnings[0].hasSuffix(
        "has embeddings for 49408; if the tokenizer is of another model, prompts mean something "
          + "else to it"))
    #expect(try TinyModel.load().warnings == [])
  }
}
