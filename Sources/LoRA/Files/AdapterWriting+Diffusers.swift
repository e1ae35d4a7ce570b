internal import Files
internal import Torch

extension AdapterWeights {
  /// `pytorch_lora_weights.safetensors` as diffusers reads it whichever its version.
  ///
  /// The file has no tensor for α and older versions read no metadata, so the scale is folded into B
  /// and the metadata say α = r. Where all targets are attention projections the names are those of
  /// diffusers' training script; else every name is PEFT's, because diffusers reads a file that
  /// mixes both only in part.
  func diffusersContents() throws -> AdapterContents {
    var items: [(name: String, tensor: Tensor)] = []
    var configuration: [JSONValue.Member] = []
    for component in components {
      let layers = layers(of: component)
      for (name, factors) in layers {
        let names = Self.diffusersNames(component, name, isAttention: isAttentionOnly)
        items.append((names.down, factors.down))
        items.append((names.up, try factors.up * factors.scale))
      }
      configuration += AdapterConfiguration.members(
        of: layers.map { (name: $0.name, rank: $0.factors.rank, alpha: Double($0.factors.rank)) }
      ).map { .init(key: "\(component.rawValue).\($0.key)", value: $0.value) }
    }
    let text = try AdapterConfiguration.text(of: configuration)
    let metadata = notes.merging(["lora_adapter_metadata": text]) { _, new in new }
    return AdapterContents(tensors: [.init(name: "", items: items, metadata: metadata)])
  }

  private var isAttentionOnly: Bool {
    layers.keys.allSatisfy { layer in
      layer.component == .textEncoder
        || ["to_q", "to_k", "to_v", "to_out.0"].contains { layer.name.hasSuffix(".\($0)") }
    }
  }

  private static func diffusersNames(
    _ component: AdapterComponent, _ name: String, isAttention: Bool
  ) -> (down: String, up: String) {
    switch component {
    case .unet where isAttention:
      ("unet.\(name).lora.down.weight", "unet.\(name).lora.up.weight")
    case .unet: ("unet.\(name).lora_A.weight", "unet.\(name).lora_B.weight")
    case .textEncoder:
      (
        "text_encoder.text_model.\(name).lora_linear_layer.down.weight",
        "text_encoder.text_model.\(name).lora_linear_layer.up.weight"
      )
    }
  }
}
