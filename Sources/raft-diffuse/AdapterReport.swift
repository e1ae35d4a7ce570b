internal import Foundation
internal import LoRA
internal import NN
internal import Torch

/// What an adapter's file holds.
struct AdapterReport: Encodable {
  /// One block of a network, such as `unet.down_blocks.1`.
  struct Block: Encodable {
    let name: String
    let layers: Int

    /// ‖Σ s·B·A‖ over the block's layers.
    let changeNorm: Double

    /// The same over ‖W‖; nil without a model.
    let relativeChange: Double?

    enum CodingKeys: String, CodingKey {
      case name, layers
      case changeNorm = "change_norm"
      case relativeChange = "relative_change"
    }
  }

  let file: String
  let form: String
  let hash: String

  /// The rank, α and scale, where all layers have the same.
  let rank: Int?
  let alpha: Double?
  let scale: Double?

  /// Layers by rank.
  let ranks: [String: Int]

  /// Layers by α.
  let alphas: [String: Int]

  /// Layers by scale.
  let scales: [String: Int]
  let alphaOrigin: String
  let dtypes: [String]
  let layers: Int
  let parameters: Int

  /// Layers by network and kind, such as `unet.attn1.to_q`.
  let targets: [String: Int]
  let blocks: [Block]
  let changeNorm: Double
  let relativeChange: Double?
  let metadata: [String: String]
  let leftOut: [String]

  enum CodingKeys: String, CodingKey {
    case file, form, hash, rank, alpha, scale, ranks, alphas, scales, dtypes, layers, parameters,
      targets, blocks
    case metadata
    case alphaOrigin = "alpha_origin"
    case changeNorm = "change_norm"
    case relativeChange = "relative_change"
    case leftOut = "left_out"
  }

  /// - Parameter targets: the model's layers, to hold the changes against.
  init(_ adapter: AdapterFile, targets slots: AdapterTargets?) throws {
    file = adapter.path
    form = adapter.form.rawValue
    hash = adapter.hash
    alphaOrigin = adapter.alphaOrigin.rawValue
    dtypes = adapter.dtypes.map(\.rawValue)
    parameters = adapter.weights.parameterCount
    metadata = adapter.weights.metadata
    leftOut = adapter.leftOut
    let rows = adapter.weights.layers.sorted { $0.key < $1.key }
    layers = rows.count
    rank = Self.only(rows.map(\.value.rank))
    alpha = Self.only(rows.map(\.value.alpha))
    scale = Self.only(rows.map(\.value.scale))
    ranks = Self.count(rows.map { String($0.value.rank) })
    alphas = Self.count(rows.map { Self.number($0.value.alpha) })
    scales = Self.count(rows.map { Self.number($0.value.scale) })
    targets = Self.count(rows.map { Self.kind(of: $0.key) })
    var changes: [String: (layers: Int, square: Double, base: Double)] = [:]
    for (layer, factors) in rows {
      let norm = try factors.changeNorm()
      let weight = try slots?[layer].map { slot in
        try withoutGradients { try slot.pristineWeight().to(.float32).norm().item() }
      }
      let old = changes[Self.block(of: layer), default: (0, 0, 0)]
      changes[Self.block(of: layer)] = (
        old.layers + 1, old.square + norm * norm, old.base + (weight ?? 0) * (weight ?? 0)
      )
    }
    func ratio(_ square: Double, _ base: Double) -> Double? {
      base > 0 ? (square / base).squareRoot() : nil
    }
    blocks = changes.sorted { $0.key < $1.key }.map { name, sum in
      Block(
        name: name, layers: sum.layers, changeNorm: sum.square.squareRoot(),
        relativeChange: ratio(sum.square, sum.base))
    }
    let square = changes.values.reduce(0) { $0 + $1.square }
    changeNorm = square.squareRoot()
    relativeChange = ratio(square, changes.values.reduce(0) { $0 + $1.base })
  }

  /// The report for people.
  var text: String {
    let title = AdapterForm(rawValue: form)?.title ?? form
    var lines = [
      "\(file)", "  form: \(title), stored as \(dtypes.joined(separator: ", "))",
      "  rank: \(Self.listed(ranks))", "  alpha: \(Self.listed(alphas))\(alphaNote)",
      "  scale: \(Self.listed(scales))",
      "  layers: \(layers), \(parameters) parameters",
      "  hash: \(hash.prefix(12))",
    ]
    lines.append("  targets:")
    lines += targets.sorted { $0.key < $1.key }.map { "    \($0.key): \($0.value)" }
    lines.append("  change of the weights, ‖s·B·A‖\(relativeChange == nil ? "" : " and over ‖W‖"):")
    lines += blocks.map { "    \($0.name): \(Self.shown($0.changeNorm, $0.relativeChange))" }
    lines.append("    in all: \(Self.shown(changeNorm, relativeChange))")
    if !metadata.isEmpty {
      lines.append("  metadata:")
      lines += metadata.sorted { $0.key < $1.key }.map { key, value in
        let flat = value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return "    \(key): \(flat.count > 200 ? "\(flat.prefix(200))…" : flat)"
      }
    }
    return lines.map(ImageReport.harmless).joined(separator: "\n")
  }

  private var alphaNote: String {
    switch alphaOrigin {
    case AdapterFile.AlphaOrigin.absent.rawValue:
      " (the file says none, so it is the rank and the scale is 1)"
    case AdapterFile.AlphaOrigin.metadata.rawValue: " (from the metadata)"
    case AdapterFile.AlphaOrigin.configuration.rawValue: " (from adapter_config.json)"
    default: ""
    }
  }

  private static func shown(_ norm: Double, _ relative: Double?) -> String {
    let share = relative.map { String(format: " (%.3g %%)", 100 * $0) } ?? ""
    return String(format: "%.4g", norm) + share
  }

  /// `4`, or `4 on 100 layers, 8 on 28`.
  private static func listed(_ counts: [String: Int]) -> String {
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    if sorted.count == 1, let only = sorted.first { return only.key }
    return sorted.map { "\($0.key) on \($0.value)" }.joined(separator: ", ") + " layers"
  }

  private static func count(_ values: [String]) -> [String: Int] {
    Dictionary(values.map { ($0, 1) }, uniquingKeysWith: +)
  }

  private static func only<Value: Hashable>(_ values: [Value]) -> Value? {
    let all = Set(values)
    return all.count == 1 ? all.first : nil
  }

  private static func number(_ value: Double) -> String {
    Int(exactly: value).map { String($0) } ?? String(Float(value))
  }

  /// `unet.down_blocks.1`, `unet.mid_block`, `text_encoder.encoder.layers.3`.
  private static func block(of layer: LayerAddress) -> String {
    let parts = layer.name.split(separator: ".")
    let count =
      switch layer.component {
      case .unet: parts.first == "mid_block" ? 1 : min(2, parts.count - 1)
      case .textEncoder: min(3, parts.count - 1)
      }
    return "\(layer.component.rawValue).\(parts.prefix(max(count, 1)).joined(separator: "."))"
  }

  /// The layer's name without the numbers of blocks: `unet.attn1.to_q`.
  private static func kind(of layer: LayerAddress) -> String {
    let parts = layer.name.split(separator: ".").map(String.init)
    let last = parts.lastIndex { ["attn1", "attn2", "ff", "self_attn", "mlp"].contains($0) }
    if let last { return "\(layer.component.rawValue).\(parts[last...].joined(separator: "."))" }
    let name = parts.last { Int($0) == nil } ?? layer.name
    let owner = parts.last { ["downsamplers", "upsamplers", "resnets", "attentions"].contains($0) }
    return "\(layer.component.rawValue).\(owner.map { "\($0)." } ?? "")\(name)"
  }
}
