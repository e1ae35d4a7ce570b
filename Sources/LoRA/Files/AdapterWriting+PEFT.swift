internal import Files
internal import Torch

extension AdapterWeights {
  /// Each network with its folder below the destination: the destination itself where there is only
  /// one network, else one named for it, with a slash behind.
  var peftFolders: [(component: AdapterComponent, folder: String)] {
    components.map { ($0, components.count == 1 ? "" : "\($0.rawValue)/") }
  }

  /// PEFT's folder, or a folder for each network: `adapter_model.safetensors` beside
  /// `adapter_config.json`. A text encoder's layers go by the names that they have since
  /// transformers 5.
  func peftContents(base: String?) throws -> AdapterContents {
    var contents = AdapterContents(tensors: [])
    for (component, folder) in peftFolders {
      let layers = layers(of: component)
      // One switch holds for all layers; where they differ α takes it in.
      let isRankStabilised = layers.allSatisfy(\.factors.isRankStabilised)
      let rows = layers.map { name, factors in
        let alpha = isRankStabilised ? factors.alpha : factors.plainAlpha
        return (name: name, rank: factors.rank, alpha: alpha)
      }
      let items = layers.flatMap { name, factors in
        [
          ("base_model.model.\(name).lora_A.weight", factors.down),
          ("base_model.model.\(name).lora_B.weight", factors.up),
        ]
      }
      contents.tensors.append(
        .init(name: "\(folder)adapter_model.safetensors", items: items, metadata: notes))
      let text = try AdapterConfiguration.text(
        of: AdapterConfiguration.members(
          of: rows, isRankStabilised: isRankStabilised, base: base))
      contents.texts.append(("\(folder)adapter_config.json", text))
    }
    return contents
  }
}

extension LowRankFactors {
  /// The α that gives the same scale as α/r.
  var plainAlpha: Double { isRankStabilised ? alpha * Double(rank).squareRoot() : alpha }
}
