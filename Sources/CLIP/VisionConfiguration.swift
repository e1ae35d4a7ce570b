package import Files
public import NN

/// The sizes of CLIP's vision tower, from a CLIP's `vision_config` or the configuration of a vision
/// tower alone.
public struct VisionConfiguration: Sendable, Equatable {
  /// Width of a hidden state, `D`.
  public let width: Int

  /// Width inside a block's MLP.
  public let intermediateWidth: Int

  /// Blocks.
  public let layers: Int

  /// Attention heads in a block.
  public let heads: Int

  /// Pixels along an image's edge, `S`.
  public let imageSize: Int

  /// Pixels along a patch's edge.
  public let patchSize: Int

  /// The function inside a block's MLP.
  public let activation: Activation

  /// ε of the layer norms.
  public let normEpsilon: Double

  /// Positions: one for each patch, and one for the class token. Pixels that fill no patch are left
  /// out at the right and at the bottom.
  public var positions: Int { imageSize / patchSize * (imageSize / patchSize) + 1 }

  /// Absent keys have the values that transformers gives them, those of ViT-B/32.
  package init(_ file: ConfigurationFile) throws {
    width = try file.positive("hidden_size", default: 768)
    intermediateWidth = try file.positive("intermediate_size", default: 3072)
    layers = try file.positive("num_hidden_layers", default: 12)
    heads = try file.positive("num_attention_heads", default: 12)
    imageSize = try Self.edge("image_size", in: file, default: 224)
    patchSize = try Self.edge("patch_size", in: file, default: 32)
    activation = try file.choice("hidden_act", default: .quickGelu)
    normEpsilon = try file.number("layer_norm_eps", default: 1e-5)
    try file.require("num_channels", .integer(3))
    guard width % heads == 0 else {
      throw file.wrong("num_attention_heads", expected: "a divisor of hidden_size, \(width)")
    }
    guard patchSize <= imageSize else {
      throw file.wrong("patch_size", expected: "at most image_size, \(imageSize)")
    }
  }

  /// A length, given as one number or as two equal ones.
  private static func edge(_ key: String, in file: ConfigurationFile, default fallback: Int) throws
    -> Int
  {
    guard case .array? = file[key] else { return try file.positive(key, default: fallback) }
    let sizes = try file.positives(key)
    guard sizes.count == 2, sizes[0] == sizes[1] else {
      throw file.wrong(key, expected: "one number, or two equal ones: images are square here")
    }
    return sizes[0]
  }
}
