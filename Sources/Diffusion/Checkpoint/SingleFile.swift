package import Files
internal import Foundation
package import NN

/// A single-file checkpoint. It carries no configuration: sizes are read off the shapes, the rest
/// is what SD-1.x has.
package struct SingleFile: ModelParts {
  let path: String
  private let unet: NamedTensors
  private let vae: NamedTensors
  private let text: NamedTensors

  package init(_ path: String) throws {
    let file = try CheckpointFile.open(path)
    try ModelFamily.refuse(file)
    self.path = path
    let all = NamedTensors(file)
    func subtree(_ prefixes: String...) throws -> NamedTensors {
      try all.renamed { name in
        prefixes.first { name.hasPrefix($0) }.map { String(name.dropFirst($0.count)) }
      }
    }
    unet = try subtree("model.diffusion_model.")
    vae = try subtree("first_stage_model.", "vae.")
    text = try subtree("cond_stage_model.transformer.")
    guard !vae.isEmpty else {
      throw ModelError.unsupported(
        path: path, kind: "a checkpoint without a VAE (first_stage_model.…)",
        advice: "use one that has its VAE baked in")
    }
    guard !text.isEmpty else {
      throw ModelError.unsupported(
        path: path,
        kind: "a checkpoint without a CLIP text encoder (cond_stage_model.transformer.…)",
        advice: "this program samples SD-1.x models")
    }
  }

  var names: LatentDiffusionNames {
    LatentDiffusionNames(unetLayers: unetLayers, vaeLevels: vaeLevels)
  }

  /// The weights of a component, under diffusers' names. What no layer has keeps its name and is
  /// reported as left over.
  package func weights(_ component: ModelComponent, placement: Placement) throws -> Weights {
    let names = names
    let tensors =
      switch component {
      case .unet: try unet.renamed { names.unet($0) ?? $0 }
      case .vae: try vae.renamed { names.vae($0) ?? $0 }
      case .textEncoder: try text.renamed { names.text($0) }
      }
    return tensors.weights(placement: placement)
  }

  /// A component's configuration, read off the shapes of its tensors.
  package func configuration(_ component: ModelComponent) throws -> ConfigurationFile {
    switch component {
    case .unet: try unetConfiguration()
    case .vae: try vaeConfiguration()
    case .textEncoder: try textConfiguration()
    }
  }

  /// None: the vocabulary comes from elsewhere.
  package var tokenizerFolder: String? { nil }

  /// SD-1.x's schedule.
  package var scheduler: SchedulerConfiguration { .stableDiffusion }

  /// Blocks between two downsamplers, less the downsampler.
  private var unetLayers: Int {
    (1..<64).first { unet["input_blocks.\($0).0.op.weight"] != nil }.map { $0 - 1 } ?? 2
  }

  private var vaeLevels: Int {
    (0..<16).prefix { vae["decoder.up.\($0).block.0.conv1.weight"] != nil }.count
  }

  private func shape(_ name: String, in tensors: NamedTensors, rank: Int) throws -> [Int] {
    if let what = tensors.unreadable[name] {
      throw CheckpointError.unreadableTensor(name, what: what, file: path)
    }
    guard let shape = tensors[name]?.shape, shape.count >= rank else {
      throw WeightsError.mismatch(source: path, missing: [name], wrong: [], unused: [])
    }
    return shape
  }

  private func unetConfiguration() throws -> ConfigurationFile {
    let input = try shape("input_blocks.0.0.weight", in: unet, rank: 2)
    let layers = unetLayers
    // The first convolution, then of each level its layers and a downsampler, which the last level
    // lacks.
    let count = (0..<256).prefix { i in
      unet["input_blocks.\(i).0.weight"] != nil || unet["input_blocks.\(i).0.op.weight"] != nil
        || unet["input_blocks.\(i).0.in_layers.2.weight"] != nil
    }.count
    let levels = max(count / (layers + 1), 1)
    var widths: [JSONValue] = []
    var down: [JSONValue] = []
    for level in 0..<levels {
      let block = 1 + level * (layers + 1)
      let width = try shape("input_blocks.\(block).0.out_layers.3.weight", in: unet, rank: 1)[0]
      widths.append(.integer(width))
      let hasAttention = unet["input_blocks.\(block).1.norm.weight"] != nil
      down.append(.string(hasAttention ? "CrossAttnDownBlock2D" : "DownBlock2D"))
    }
    let up: [JSONValue] = (0..<levels).map { level in
      let hasAttention = unet["output_blocks.\(level * (layers + 1)).1.norm.weight"] != nil
      return .string(hasAttention ? "CrossAttnUpBlock2D" : "UpBlock2D")
    }
    let context = try shape(
      "middle_block.1.transformer_blocks.0.attn2.to_k.weight", in: unet, rank: 2)[1]
    try ModelFamily.refuse(inChannels: input[1], contextWidth: context, path: path)
    return ConfigurationFile(
      [
        "block_out_channels": .array(widths), "down_block_types": .array(down),
        "up_block_types": .array(up), "layers_per_block": .integer(layers),
        "attention_head_dim": .integer(8), "cross_attention_dim": .integer(context),
        "in_channels": .integer(input[1]), "norm_num_groups": .integer(32),
      ], path: path)
  }

  private func vaeConfiguration() throws -> ConfigurationFile {
    let latents = try shape("decoder.conv_in.weight", in: vae, rank: 2)[1]
    let widths: [JSONValue] = try (0..<vaeLevels).map {
      .integer(try shape("decoder.up.\($0).block.0.conv1.weight", in: vae, rank: 1)[0])
    }
    let layers = (0..<16).prefix { vae["encoder.down.0.block.\($0).conv1.weight"] != nil }.count
    return ConfigurationFile(
      [
        "block_out_channels": .array(widths), "layers_per_block": .integer(max(layers, 1)),
        "latent_channels": .integer(latents), "scaling_factor": .number(0.18215),
      ], path: path)
  }

  private func textConfiguration() throws -> ConfigurationFile {
    let canonical = try text.renamed { names.text($0) }
    let tokens = try shape("embeddings.token_embedding.weight", in: canonical, rank: 2)
    let positions = try shape("embeddings.position_embedding.weight", in: canonical, rank: 2)
    let mlp = try shape("encoder.layers.0.mlp.fc1.weight", in: canonical, rank: 2)
    let layers = (0..<256).prefix {
      canonical["encoder.layers.\($0).mlp.fc1.weight"] != nil
    }.count
    // CLIP's heads are 64 wide.
    return ConfigurationFile(
      [
        "vocab_size": .integer(tokens[0]), "hidden_size": .integer(tokens[1]),
        "intermediate_size": .integer(mlp[0]), "num_hidden_layers": .integer(layers),
        "num_attention_heads": .integer(max(tokens[1] / 64, 1)),
        "max_position_embeddings": .integer(positions[0]),
        "hidden_act": .string("quick_gelu"),
      ], path: path)
  }
}
