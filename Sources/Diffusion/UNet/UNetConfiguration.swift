package import Files
public import NN

/// The sizes of a UNet2DConditionModel, from `unet/config.json`.
public struct UNetConfiguration: Sendable, Equatable {
  /// One level of the U, finest first.
  public struct Level: Sendable, Equatable {
    /// Channels after the level.
    public let channels: Int

    /// Residual blocks on the way down; one more on the way up.
    public let layers: Int

    /// Attention heads on the way down; nil where that block has no attention.
    public let downHeads: Int?

    /// Attention heads on the way up; nil where that block has no attention.
    public let upHeads: Int?

    /// Transformer blocks in each attention.
    public let transformerBlocks: Int
  }

  /// Levels, finest first.
  public let levels: [Level]

  /// Attention heads of the middle block.
  public let middleHeads: Int

  /// Channels of the latents that go in.
  public let inChannels: Int

  /// Channels of the prediction.
  public let outChannels: Int

  /// Width of a text state, `D`.
  public let contextWidth: Int

  /// Groups of a group norm.
  public let groups: Int

  /// ε of the residual blocks' group norms.
  public let normEpsilon: Double

  /// The function inside residual blocks.
  public let activation: Activation

  /// Whether the cosines of a timestep come before the sines.
  public let flipsSinToCos: Bool

  /// Shift in the timestep's frequencies.
  public let frequencyShift: Double

  /// Whether the projections around transformer blocks are linear layers rather than 1×1
  /// convolutions. Their numbers are the same; an adapter's factors on them have other shapes.
  public let usesLinearProjection: Bool

  /// What the network makes latents of: width and height of the native size, in latents; nil where
  /// the file is silent.
  ///
  /// Some published copies of SD-1.5 say 32 here: it is no default for the image size.
  public let sampleSize: Int?

  /// The time embedding's width.
  public var timeWidth: Int { levels[0].channels * 4 }

  /// - Throws: `ConfigurationError` for a missing key, a wrong value, or a feature that SD-1.x does
  ///   not have.
  package init(_ file: ConfigurationFile) throws {
    try Self.refuseOthers(file)
    let widths = try file.positives("block_out_channels")
    let down = try file.strings("down_block_types")
    let up = try file.strings("up_block_types")
    guard down.count == widths.count else {
      throw file.wrong("down_block_types", expected: "a list of \(widths.count) blocks")
    }
    guard up.count == widths.count else {
      throw file.wrong("up_block_types", expected: "a list of \(widths.count) blocks")
    }
    // In SD-1.x files attention_head_dim means the number of heads.
    let headsKey =
      file.contains("num_attention_heads") ? "num_attention_heads" : "attention_head_dim"
    let heads = try file.perBlock(headsKey, count: widths.count, default: 8)
    let layers = try file.perBlock("layers_per_block", count: widths.count, default: 2)
    let blocks = try file.perBlock("transformer_layers_per_block", count: widths.count, default: 1)
    levels = try widths.indices.map { i in
      let hasDown = try Self.hasAttention(down[i], "down_block_types", "Down", file)
      let hasUp = try Self.hasAttention(
        up[widths.count - 1 - i], "up_block_types", "Up", file)
      guard !(hasDown || hasUp) || widths[i] % heads[i] == 0 else {
        throw file.wrong(headsKey, expected: "a divisor of the block's \(widths[i]) channels")
      }
      return Level(
        channels: widths[i], layers: layers[i], downHeads: hasDown ? heads[i] : nil,
        upHeads: hasUp ? heads[i] : nil, transformerBlocks: blocks[i])
    }
    middleHeads = heads[widths.count - 1]
    inChannels = try file.positive("in_channels", default: 4)
    outChannels = try file.positive("out_channels", default: 4)
    contextWidth = try file.positive("cross_attention_dim", default: 1280)
    groups = try file.positive("norm_num_groups", default: 32)
    normEpsilon = try file.number("norm_eps", default: 1e-5)
    activation = try file.choice("act_fn", default: .silu)
    usesLinearProjection = try file.bool("use_linear_projection", default: false)
    flipsSinToCos = try file.bool("flip_sin_to_cos", default: true)
    frequencyShift = try file.number("freq_shift", default: 0)
    sampleSize = try file.optional("sample_size") { try file.positive($0) }
    for width in widths where width % groups != 0 {
      throw file.wrong("norm_num_groups", expected: "a divisor of every block's channels")
    }
  }

  private static func hasAttention(
    _ name: String, _ key: String, _ side: String, _ file: ConfigurationFile
  ) throws -> Bool {
    switch name {
    case "CrossAttn\(side)Block2D": return true
    case "\(side)Block2D": return false
    default:
      throw ConfigurationError.unsupported(
        "\"\(name)\"", key: key, file: file.path,
        accepted: "CrossAttn\(side)Block2D, \(side)Block2D")
    }
  }

  /// What other families have and SD-1.x does not: an answer computed without it would be wrong.
  private static func refuseOthers(_ file: ConfigurationFile) throws {
    for key in [
      "class_embed_type", "addition_embed_type", "encoder_hid_dim", "encoder_hid_dim_type",
      "num_class_embeds", "time_cond_proj_dim", "timestep_post_act", "time_embedding_act_fn",
      "time_embedding_dim", "cross_attention_norm", "reverse_transformer_layers_per_block",
    ] {
      try file.require(key)
    }
    for key in [
      "center_input_sample", "dual_cross_attention", "only_cross_attention",
      "class_embeddings_concat", "resnet_skip_time_act",
    ] {
      try file.require(key, .bool(false))
    }
    try file.require("mid_block_only_cross_attention", .bool(false))
    try file.require("mid_block_type", .string("UNetMidBlock2DCrossAttn"))
    try file.require("resnet_time_scale_shift", .string("default"))
    try file.require("time_embedding_type", .string("positional"))
    try file.require("attention_type", .string("default"))
    try file.require("mid_block_scale_factor", .integer(1))
    try file.require("resnet_out_scale_factor", .integer(1))
    try file.require("downsample_padding", .integer(1))
    try file.require("conv_in_kernel", .integer(3))
    try file.require("conv_out_kernel", .integer(3))
    try file.require("dropout", .integer(0))
  }
}
