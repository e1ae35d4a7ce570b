internal import NN
internal import Torch

/// How an adapter begins.
public enum FactorInitialisation: String, Sendable, CaseIterable {
  /// A uniform between ±1/√fan-in (Kaiming-uniform with a = √5), B zero: peft's default.
  case peft
  /// A normal with deviation 1/r, B zero: diffusers' own LoRALinearLayer, and what its training
  /// scripts ask peft for now (`init_lora_weights="gaussian"`).
  case gaussian
}

/// Which layers get an adapter, of what rank and scale, and how it begins.
public struct AdapterPlan: Sendable, Equatable {
  /// The layers.
  public var layers: [AdapterLayers]

  /// r, at least 1.
  public var rank: Int

  /// α, above 0; the rank where nil.
  public var alpha: Double?

  /// Whether the scale is `α/√r` rather than `α/r`.
  public var isRankStabilised: Bool

  /// The share of a branch's inputs that is left out at each training step, 0..<1.
  public var dropout: Double

  /// How A begins; B begins as zero.
  public var initialisation: FactorInitialisation

  /// The attention of the UNet, rank 4 and scale 1, as diffusers' training scripts have it, and A as
  /// peft draws it unless asked otherwise.
  public init(
    layers: [AdapterLayers] = [.attention], rank: Int = 4, alpha: Double? = nil,
    isRankStabilised: Bool = false, dropout: Double = 0,
    initialisation: FactorInitialisation = .peft
  ) {
    self.layers = layers
    self.rank = rank
    self.alpha = alpha
    self.isRankStabilised = isRankStabilised
    self.dropout = dropout
    self.initialisation = initialisation
  }

  /// - Throws: `AdapterError` where a number is out of its range.
  public func validate() throws {
    guard rank >= 1 else { throw AdapterError.rank(rank) }
    if let alpha, !(alpha > 0 && alpha.isFinite) { throw AdapterError.alpha(alpha) }
    try AdapterError.checkDropout(dropout)
  }

  /// The layers of a model that the plan means, sorted.
  ///
  /// - Throws: `AdapterError.noneOf` where it names layers that the model does not have.
  public func layers(of targets: AdapterTargets) throws -> [LayerAddress] {
    var found: Set<LayerAddress> = []
    for group in layers {
      let matches = targets.slots.map(\.address).filter(group.contains)
      guard !matches.isEmpty else { throw AdapterError.noneOf(group.description) }
      found.formUnion(matches)
    }
    return found.sorted()
  }

  /// The number of elements that an adapter of this plan has.
  public func parameterCount(for targets: AdapterTargets) throws -> Int {
    try layers(of: targets).reduce(0) { sum, address in
      guard let geometry = targets[address]?.geometry else { return sum }
      let (down, up) = (geometry.downShape(rank: rank), geometry.upShape(rank: rank))
      return sum + down.reduce(1, *) + up.reduce(1, *)
    }
  }

  /// An adapter that changes nothing yet. Each layer's numbers depend on the seed and the layer's
  /// name alone.
  public func initialWeights(for targets: AdapterTargets, seed: UInt64) throws -> AdapterWeights {
    try validate()
    var weights = AdapterWeights(layers: [:])
    for address in try layers(of: targets) {
      guard let geometry = targets[address]?.geometry else { continue }
      let shape = geometry.downShape(rank: rank)
      let draw: Initialisation =
        switch initialisation {
        case .peft: .fanIn(shape.dropFirst().reduce(1, *))
        case .gaussian: .normal(1 / Double(rank))
        }
      weights.layers[address] = LowRankFactors(
        down: try draw.tensor(shape, name: "\(address).lora_A", seed: seed),
        up: try .zeros(geometry.upShape(rank: rank)), alpha: alpha ?? Double(rank),
        isRankStabilised: isRankStabilised)
    }
    return weights
  }
}
