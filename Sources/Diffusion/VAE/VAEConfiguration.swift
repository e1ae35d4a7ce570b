package import Files
public import NN

/// The sizes of an AutoencoderKL, from `vae/config.json`.
public struct VAEConfiguration: Sendable, Equatable {
  /// Channels of each level, finest first.
  public let widths: [Int]

  /// Residual blocks a level in the encoder; the decoder has one more.
  public let layers: Int

  /// Channels of an image.
  public let imageChannels: Int

  /// Channels of the latents.
  public let latentChannels: Int

  /// Groups of a group norm.
  public let groups: Int

  /// The function inside residual blocks.
  public let activation: Activation

  /// What latents are multiplied by after encoding and divided by before decoding, so that their
  /// variance is about 1.
  public let scalingFactor: Double

  /// Whether a 1×1 convolution follows the encoder.
  public let hasQuantConvolution: Bool

  /// Whether a 1×1 convolution precedes the decoder.
  public let hasPostQuantConvolution: Bool

  /// Whether the middle of encoder and decoder attends.
  public let hasMiddleAttention: Bool

  /// Side of the images that it was trained on, in pixels; also the side of a tile.
  public let sampleSize: Int

  /// Pixels along a side for one latent, 8 in SD-1.x.
  public var scale: Int { 1 << (widths.count - 1) }

  /// - Throws: `ConfigurationError` for a missing key, a wrong value, or a block that SD-1.x does
  ///   not have.
  package init(_ file: ConfigurationFile) throws {
    widths = try file.positives("block_out_channels")
    layers = try file.positive("layers_per_block", default: 1)
    imageChannels = try file.positive("out_channels", default: 3)
    latentChannels = try file.positive("latent_channels", default: 4)
    groups = try file.positive("norm_num_groups", default: 32)
    activation = try file.choice("act_fn", default: .silu)
    scalingFactor = try file.number("scaling_factor", default: 0.18215)
    hasQuantConvolution = try file.bool("use_quant_conv", default: true)
    hasPostQuantConvolution = try file.bool("use_post_quant_conv", default: true)
    hasMiddleAttention = try file.bool("mid_block_add_attention", default: true)
    sampleSize = try file.positive("sample_size", default: 512)
    guard try file.positive("in_channels", default: 3) == imageChannels, imageChannels == 3 else {
      throw file.wrong("in_channels", expected: "3, as out_channels: images are RGB")
    }
    for (key, name) in [
      ("down_block_types", "DownEncoderBlock2D"), ("up_block_types", "UpDecoderBlock2D"),
    ] where file.contains(key) {
      let types = try file.strings(key)
      guard types == Array(repeating: name, count: widths.count) else {
        throw file.wrong(key, expected: "\(widths.count) times \(name)")
      }
    }
    for width in widths where width % groups != 0 {
      throw file.wrong("norm_num_groups", expected: "a divisor of every block's channels")
    }
    guard scalingFactor > 0 else {
      throw file.wrong("scaling_factor", expected: "a number above 0")
    }
    try file.require("shift_factor")
    try file.require("latents_mean")
    try file.require("latents_std")
  }
}
