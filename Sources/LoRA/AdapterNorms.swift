internal import NN
internal import Torch

/// How much an adapter changes, block by block: `‖s·B·A‖` beside `‖W‖`, Frobenius.
public struct AdapterNorms: Sendable, Equatable {
  /// Several layers together: norms of all their weights as one vector.
  public struct Block: Sendable, Equatable {
    /// Such as `unet.down_blocks.1`.
    public let name: String

    /// The number of layers that the adapter changes.
    public let layers: Int

    /// `‖s·B·A‖`.
    public let changeNorm: Double

    /// `‖W‖` of the same layers; nil without a model.
    public let weightNorm: Double?

    /// `‖s·B·A‖/‖W‖`; nil without a model.
    public var relativeChange: Double? {
      weightNorm.flatMap { $0 > 0 ? changeNorm / $0 : nil }
    }
  }

  /// The blocks that have layers in the adapter, by name.
  public let blocks: [Block]

  /// All layers together.
  public let total: Block

  /// - Parameter targets: the model's layers, to hold the changes against; nil to measure the
  ///   changes alone.
  public init(_ adapter: AdapterWeights, on targets: AdapterTargets? = nil) throws {
    var sums: [String: Sum] = [:]
    for (layer, factors) in adapter.layers.sorted(by: { $0.key < $1.key }) {
      let change = try factors.changeNorm()
      let weight = try targets?[layer].map { slot in
        try withoutGradients { try slot.pristineWeight().to(.float32).norm().item() }
      }
      sums[Self.block(of: layer), default: Sum()].add(change: change, weight: weight)
    }
    blocks = sums.sorted { $0.key < $1.key }.map { $1.block($0) }
    total = blocks.reduce(into: Sum()) { $0.add($1) }.block("all")
  }

  /// Squares of lengths, which add up.
  private struct Sum {
    var layers = 0
    var change = 0.0
    var weight: Double?

    mutating func add(change: Double, weight: Double?, layers: Int = 1) {
      self.layers += layers
      self.change += change * change
      if let weight { self.weight = (self.weight ?? 0) + weight * weight }
    }

    mutating func add(_ block: Block) {
      add(change: block.changeNorm, weight: block.weightNorm, layers: block.layers)
    }

    func block(_ name: String) -> Block {
      Block(
        name: name, layers: layers, changeNorm: change.squareRoot(),
        weightNorm: weight?.squareRoot())
    }
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
}
