package import NN

/// The layers that an adapter's file may name, under all names that they go by.
///
/// Underscores for dots cannot be undone by rule, so the list is walked from a model's own networks
/// and each name is looked up in it.
package struct AdapterNames: Sendable {
  /// The layers' sizes; none where the names are of no model in particular.
  private let geometries: [LayerAddress: LayerGeometry]

  /// Whether the names are one model's, so that sizes can be compared.
  package let isOfModel: Bool

  private var dotted: [AdapterComponent: [String: LayerAddress]] = [:]
  private var joined: [AdapterComponent: [String: LayerAddress]] = [:]

  /// The layers of a model.
  ///
  /// - Parameter latentDiffusionNames: what single-file checkpoints call a layer of the UNet, such
  ///   as `middle_block.1.proj_in`; nil where they have no name for it.
  package init(_ targets: AdapterTargets, latentDiffusionNames: (String) -> [String]) {
    geometries = Dictionary(
      targets.slots.map { ($0.address, $0.slot.geometry) }, uniquingKeysWith: { one, _ in one })
    isOfModel = true
    for address in geometries.keys { add(address, latentDiffusionNames) }
  }

  /// The layers of any model of the family, whatever its sizes: for work on files alone.
  package init(ofAnyModel latentDiffusionNames: (String) -> [String]) {
    geometries = [:]
    isOfModel = false
    for name in Self.unetNames { add(LayerAddress(.unet, name), latentDiffusionNames) }
    for name in Self.textNames { add(LayerAddress(.textEncoder, name), latentDiffusionNames) }
  }

  /// The layer called `name`, with dots, in one of `components`.
  package func layer(_ name: String, in components: [AdapterComponent]) -> LayerAddress? {
    components.lazy.compactMap { dotted[$0]?[name] }.first
  }

  /// The layer called `name`, with underscores, in one of `components`.
  package func layer(joined name: String, in components: [AdapterComponent]) -> LayerAddress? {
    components.lazy.compactMap { joined[$0]?[name] }.first
  }

  /// Every layer of the model; none where the names are of no model in particular.
  package var layers: [LayerAddress] { geometries.keys.sorted() }

  /// A layer's sizes; nil where they are not known.
  package func geometry(of layer: LayerAddress) -> LayerGeometry? { geometries[layer] }

  private mutating func add(_ layer: LayerAddress, _ latentDiffusionNames: (String) -> [String]) {
    var names = [layer.name]
    switch layer.component {
    case .unet: names += latentDiffusionNames(layer.name)
    case .textEncoder: names.append("text_model." + layer.name)
    }
    for name in names {
      dotted[layer.component, default: [:]][name] = layer
      joined[layer.component, default: [:]][name.replacing(".", with: "_")] = layer
    }
  }

  private static var unetNames: [String] {
    let transformer =
      ["attn1", "attn2"].flatMap { part in
        ["to_q", "to_k", "to_v", "to_out.0"].map { "\(part).\($0)" }
      } + ["ff.net.0.proj", "ff.net.2"]
    let attention =
      ["proj_in", "proj_out"]
      + (0..<4).flatMap { i in transformer.map { "transformer_blocks.\(i).\($0)" } }
    let residual = ["conv1", "conv2", "time_emb_proj", "conv_shortcut"]
    func block(_ path: String) -> [String] {
      (0..<6).flatMap { i in
        attention.map { "\(path).attentions.\(i).\($0)" }
          + residual.map { "\(path).resnets.\(i).\($0)" }
      }
    }
    let levels = (0..<6).flatMap { i in
      block("down_blocks.\(i)") + block("up_blocks.\(i)")
        + ["down_blocks.\(i).downsamplers.0.conv", "up_blocks.\(i).upsamplers.0.conv"]
    }
    return levels + block("mid_block")
      + ["conv_in", "conv_out", "time_embedding.linear_1", "time_embedding.linear_2"]
  }

  private static var textNames: [String] {
    let parts = ["q_proj", "k_proj", "v_proj", "out_proj"].map { "self_attn.\($0)" }
    return (0..<32).flatMap { i in
      (parts + ["mlp.fc1", "mlp.fc2"]).map { "encoder.layers.\(i).\($0)" }
    }
  }
}
