internal import LoRA
internal import NN
internal import Torch

/// Adapters under the names `<network>.<layer>.lora_A.weight`.
enum TuneAdapterFile {
  /// Reads the factors in `path`; their scale is 1.
  static func read(_ path: String) throws -> AdapterWeights {
    let file = try CheckpointFile.open(path)
    var layers: [LayerAddress: LowRankFactors] = [:]
    for name in file.names where name.hasSuffix(".lora_A.weight") {
      let layer = String(name.dropLast(".lora_A.weight".count))
      let parts = layer.split(separator: ".", maxSplits: 1).map(String.init)
      guard parts.count == 2, let component = AdapterComponent(rawValue: parts[0]) else { continue }
      let bare =
        parts[1].hasPrefix("text_model.") ? String(parts[1].dropFirst(11)) : parts[1]
      layers[LayerAddress(component, bare)] = LowRankFactors(
        down: try file.entry(name).tensor().to(.float32),
        up: try file.entry("\(layer).lora_B.weight").tensor().to(.float32))
    }
    return AdapterWeights(layers: layers, metadata: file.metadata)
  }

  /// Writes `weights` with its scale multiplied into B.
  static func write(_ weights: AdapterWeights, to path: String) throws {
    let items = try weights.layers.flatMap { address, factors in
      let prefix = address.component == .textEncoder ? "text_encoder.text_model." : "unet."
      let up = factors.scale == 1 ? factors.up : try factors.up * factors.scale
      return [
        SafetensorsWriter.Item(
          name: "\(prefix)\(address.name).lora_A.weight", tensor: factors.down),
        SafetensorsWriter.Item(name: "\(prefix)\(address.name).lora_B.weight", tensor: up),
      ]
    }
    try SafetensorsWriter.write(items, metadata: weights.metadata, to: path)
  }
}
