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

    fileprivate init(_ block: AdapterNorms.Block) {
      name = block.name
      layers = block.layers
      changeNorm = block.changeNorm
      relativeChange = block.relativeChange
    }

    enum CodingKeys: String, CodingKey {
      case name, layers
      case changeNorm = "change_norm"
      case relativeChange = "relative_change"
    }
  }

  let file: String
  let form: AdapterForm
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
  let alphaOrigin: AdapterFile.AlphaOrigin

  /// Layers whose form keeps α among the tensors, and which have none.
  let layersWithoutAlpha: Int
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
    case layersWithoutAlpha = "layers_without_alpha"
    case changeNorm = "change_norm"
    case relativeChange = "relative_change"
    case leftOut = "left_out"
  }

  /// - Parameter targets: the model's layers, to hold the changes against.
  init(_ adapter: AdapterFile, targets slots: AdapterTargets?) throws {
    let rows = adapter.weights.layers.sorted { $0.key < $1.key }
    let factors = rows.map(\.value)
    let norms = try AdapterNorms(adapter.weights, on: slots)
    file = adapter.path
    form = adapter.form
    hash = adapter.hash
    rank = Self.only(factors.map(\.rank))
    alpha = Self.only(factors.map(\.alpha))
    scale = Self.only(factors.map(\.scale))
    ranks = Self.count(factors.map { String($0.rank) })
    alphas = Self.count(factors.map { Self.number($0.alpha) })
    scales = Self.count(factors.map { Self.number($0.scale) })
    alphaOrigin = adapter.alphaOrigin
    layersWithoutAlpha = adapter.layersWithoutAlpha
    dtypes = adapter.dtypes.map(\.rawValue)
    layers = rows.count
    parameters = adapter.weights.parameterCount
    targets = Self.count(rows.map { Self.kind(of: $0.key) })
    blocks = norms.blocks.map(Block.init)
    changeNorm = norms.total.changeNorm
    relativeChange = norms.total.relativeChange
    metadata = adapter.weights.metadata
    leftOut = adapter.leftOut
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
