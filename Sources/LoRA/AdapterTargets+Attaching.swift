internal import NN
internal import Torch

/// Hanging finished adapters in a model.
extension AdapterTargets {
  /// Hangs `adapters` in the model, in place of whatever hung there before:
  /// `y = W·x + b + Σ m·s·B·(A·x)`.
  ///
  /// An adapter whose B, α or multiplier is zero changes no bit of any result.
  ///
  /// - Parameters:
  ///   - adapters: factors and m, how much of each to add; 1 for as it was trained.
  ///   - folding: adds the adapters to the weights of layers that compute in fp32, which costs
  ///     nothing while sampling; layers that compute in bf16 or fp16 have them beside the weight in
  ///     any case, because rounding the sum would lose a small adapter.
  /// - Throws: `AdapterError` where a layer is not there, or of other sizes; nothing has changed
  ///   then.
  public func attach(_ adapters: [(weights: AdapterWeights, scale: Double)], folding: Bool) throws {
    var branches: [LayerAddress: [LowRankBranch]] = [:]
    for (weights, multiplier) in adapters {
      try check(weights)
      for (address, factors) in weights.layers {
        guard let slot = self[address], multiplier * factors.scale != 0,
          try !factors.up.isZero()
        else { continue }
        branches[address, default: []].append(
          LowRankBranch(factors, multiplier: multiplier, geometry: slot.geometry))
      }
    }
    detach()
    for (address, slot) in slots {
      guard let branches = branches[address] else { continue }
      if folding && slot.dtype == .float32 {
        slot.fold(branches)
      } else {
        branches.forEach(slot.attach)
      }
    }
  }

  /// How often what hangs in the model was changed, by whomever: while the number stays, so does
  /// what hangs there.
  public var changeCount: Int { slots.reduce(0) { $0 + $1.slot.changeCount } }

  /// Takes all adapters off: the model is what it was, bit for bit.
  public func detach() {
    for (_, slot) in slots { slot.detachAll() }
  }

  /// - Throws: `AdapterError` unless every layer of `adapter` is there and of the sizes that its
  ///   factors need.
  public func check(_ adapter: AdapterWeights) throws {
    let missing = adapter.layers.keys.filter { self[$0] == nil }
    guard missing.isEmpty else { throw AdapterError.noLayers(missing.sorted()) }
    for (address, factors) in adapter.layers.sorted(by: { $0.key < $1.key }) {
      guard let geometry = self[address]?.geometry else { continue }
      try factors.check(against: geometry, at: address)
    }
  }
}

extension LowRankFactors {
  fileprivate func check(against geometry: LayerGeometry, at layer: LayerAddress) throws {
    for (name, given, needed) in [
      ("down", down.shape, geometry.downShape(rank: down.shape.first ?? 0)),
      ("up", up.shape, geometry.upShape(rank: down.shape.first ?? 0)),
    ] where Self.significant(given) != Self.significant(needed) {
      throw AdapterError.shape(
        layer: layer, factor: name, given: given, needed: needed, weight: geometry.weightShape)
    }
    guard try down.isFinite(), try up.isFinite() else { throw AdapterError.notFinite(layer: layer) }
  }

  /// `[4, 8, 1, 1]` stands for `[4, 8]`: the same layer may be linear or a 1×1 convolution.
  private static func significant(_ shape: [Int]) -> [Int] {
    shape.count == 4 && shape.suffix(2) == [1, 1] ? Array(shape.prefix(2)) : shape
  }
}

extension Tensor {
  /// Whether every element is zero.
  fileprivate func isZero() throws -> Bool {
    count == 0 ? true : try to(.float32).magnitude().max().item() == 0
  }
}
