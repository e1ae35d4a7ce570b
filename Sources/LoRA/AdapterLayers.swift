/// Layers of a model by what they do, or by the end of their names.
public enum AdapterLayers: Sendable, Hashable, CustomStringConvertible {
  /// Queries, keys, values and outputs of the UNet's attention: diffusers' default.
  case attention
  /// All layers of the UNet's transformers, their ends included: kohya's default.
  case linear
  /// All layers of the UNet's residual blocks, and those that halve and double the size.
  case convolution
  /// `linear` and `convolution` together: all of the UNet but its first and last layers and its
  /// time embedding.
  case all
  /// Queries, keys, values, outputs and the MLPs of the text encoder: kohya's default.
  case textEncoder
  /// Queries, keys, values and outputs of the text encoder: diffusers' default.
  case textAttention
  /// Layers of this name, or whose name ends in a dot and this, as peft's `target_modules`.
  case named(String)

  /// The groups that have names of their own.
  public static let groups: [AdapterLayers] = [
    .attention, .linear, .convolution, .all, .textEncoder, .textAttention,
  ]

  /// The group of that name, else the layers that are called so.
  public init(_ text: String) {
    self = Self.groups.first { $0.description == text } ?? .named(text)
  }

  /// `attention`, `linear`, `convolution`, `all`, `text-encoder`, `text-attention`, or the end of a name.
  public var description: String {
    switch self {
    case .attention: "attention"
    case .linear: "linear"
    case .convolution: "convolution"
    case .all: "all"
    case .textEncoder: "text-encoder"
    case .textAttention: "text-attention"
    case .named(let suffix): suffix
    }
  }

  /// Whether the layer at `address` is among them.
  public func contains(_ address: LayerAddress) -> Bool {
    let name = address.name
    func has(_ part: String) -> Bool { name.split(separator: ".").contains { $0 == part } }
    func ends(in suffixes: [String]) -> Bool {
      suffixes.contains { name == $0 || name.hasSuffix("." + $0) }
    }
    switch (self, address.component) {
    case (.attention, .unet):
      return (has("attn1") || has("attn2")) && ends(in: ["to_q", "to_k", "to_v", "to_out.0"])
    case (.linear, .unet): return has("attentions")
    case (.all, .unet):
      return AdapterLayers.linear.contains(address) || AdapterLayers.convolution.contains(address)
    case (.convolution, .unet): return has("resnets") || has("downsamplers") || has("upsamplers")
    case (.textEncoder, .textEncoder): return has("self_attn") || has("mlp")
    case (.textAttention, .textEncoder): return has("self_attn")
    case (.named(let suffix), _): return ends(in: [suffix])
    default: return false
    }
  }
}
