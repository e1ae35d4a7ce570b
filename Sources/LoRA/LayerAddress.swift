/// A network of a model that adapters can hang in.
public enum AdapterComponent: String, Sendable, CaseIterable, Comparable {
  case unet
  case textEncoder = "text_encoder"

  /// By name.
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A layer of a model: its network, and its name there.
///
/// Names are those of our slots: the UNet's as diffusers has them, the text encoder's without
/// `text_model.` in front, such as `encoder.layers.0.self_attn.q_proj`.
public struct LayerAddress: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The network.
  public let component: AdapterComponent

  /// The layer's name in it.
  public let name: String

  /// The layer `name` of `component`.
  public init(_ component: AdapterComponent, _ name: String) {
    self.component = component
    self.name = name
  }

  /// Such as `unet.mid_block.attentions.0.proj_in`.
  public var description: String { "\(component.rawValue).\(name)" }

  /// By network, then by name.
  public static func < (a: Self, b: Self) -> Bool {
    (a.component, a.name) < (b.component, b.name)
  }
}
