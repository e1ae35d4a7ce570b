internal import Files
internal import NN
internal import Torch

extension AdapterWeights {
  /// The form that kohya's scripts write and A1111 and ComfyUI read.
  ///
  /// Every layer of a network gets one α, the commonest, and where a layer's own is another the
  /// ratio goes into B: diffusers takes one α for all attention layers of such a file.
  ///
  /// - Parameter dtype: what the factors are stored as; the file's own hashes depend on it.
  func kohyaContents(dtype: DType) throws -> AdapterContents {
    var items: [(name: String, tensor: Tensor)] = []
    for component in components {
      let layers = layers(of: component)
      let alpha = layers.map(\.factors.plainAlpha).commonest ?? 1
      for (name, factors) in layers {
        let key = Self.kohyaName(component, name)
        // α = 0 means "as the rank" in this form.
        let (stored, ratio) =
          alpha == 0
          ? (Double(factors.rank), factors.scale) : (alpha, factors.plainAlpha / alpha)
        items.append(("\(key).lora_down.weight", factors.down))
        items.append(("\(key).lora_up.weight", ratio == 1 ? factors.up : try factors.up * ratio))
        items.append(("\(key).alpha", try Tensor.full([], stored)))
      }
    }
    var metadata = kohyaMetadata()
    let stored = try items.map { name, tensor in
      SafetensorsWriter.Item(name: name, tensor: try Self.stored(tensor, name, dtype))
    }
    let hashes = try Self.kohyaHashes(
      of: SafetensorsWriter.bytes(stored, metadata: metadata.filter { $0.key.hasPrefix("ss_") }))
    metadata["sshs_model_hash"] = hashes.model
    metadata["sshs_legacy_hash"] = hashes.legacy
    return AdapterContents(tensors: [.init(name: "", items: items, metadata: metadata)])
  }

  private static func kohyaName(_ component: AdapterComponent, _ name: String) -> String {
    let joined = name.replacing(".", with: "_")
    return switch component {
    case .unet: "lora_unet_\(joined)"
    case .textEncoder: "lora_te_text_model_\(joined)"
    }
  }

  /// The notes, completed with what readers of this form ask for.
  private func kohyaMetadata() -> [String: String] {
    let ranks = Set(layers.values.map(\.rank))
    let alphas = Set(layers.values.map(\.plainAlpha))
    func text(_ alpha: Double) -> String { Int(exactly: alpha).map(String.init) ?? String(alpha) }
    let isConvolutional = layers.values.contains {
      $0.down.shape.count == 4 && $0.down.shape[2] > 1
    }
    let commonRank = layers.values.map(\.rank).commonest ?? 0
    let commonAlpha = layers.values.map(\.plainAlpha).commonest ?? 0
    let arguments =
      isConvolutional
      ? "{\"conv_dim\": \"\(commonRank)\", \"conv_alpha\": \"\(text(commonAlpha))\"}" : "{}"
    let facts = [
      "ss_network_module": "networks.lora",
      "ss_network_dim": ranks.count == 1 ? String(commonRank) : "Dynamic",
      "ss_network_alpha": alphas.count == 1 ? text(commonAlpha) : "Dynamic",
      "ss_network_args": arguments,
    ]
    let defaults = [
      "ss_base_model_version": "sd_v1", "ss_v2": "False", "modelspec.sai_model_spec": "1.0.1",
      "modelspec.architecture": "stable-diffusion-v1/lora", "modelspec.implementation": "diffusers",
      "modelspec.title": notes["ss_output_name"] ?? "LoRA",
    ]
    return notes.merging(defaults) { own, _ in own }.merging(facts) { _, new in new }
  }

  /// The digests that extensions of A1111's web UI know such files by.
  ///
  /// - Parameter bytes: the file with no other metadata than those of the training.
  private static func kohyaHashes(of bytes: [UInt8]) -> (model: String, legacy: String) {
    let header = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    return (
      model: Digest.sha256(bytes.dropFirst(8 + header)),
      legacy: String(Digest.sha256(bytes.dropFirst(0x100000).prefix(0x10000)).prefix(8))
    )
  }
}
