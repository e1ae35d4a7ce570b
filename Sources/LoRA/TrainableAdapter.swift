public import NN
internal import Torch

/// An adapter that is being trained: fp32 factors that hang in a model's layers and want gradients.
///
/// The base may compute in bf16 or fp16: the factors are cast inside the graph, so that gradients
/// and updates are fp32.
public final class TrainableAdapter {
  /// The factors, sorted by name: `<network>.<layer>.lora_A.weight` and `….lora_B.weight`.
  public let parameters: [TrainableParameter]

  /// The share of a branch's inputs that is left out at each step.
  public let dropout: Double

  /// The step that dropout's draws belong to. Set before a step's forward pass and not changed
  /// until its gradients are there.
  public var step = 0 {
    didSet { for (_, branch) in branches { branch.step = step } }
  }

  private let branches: [(address: LayerAddress, branch: TrainableBranch)]
  private let targets: AdapterTargets
  private let metadata: [String: String]

  /// A new adapter, which changes nothing yet.
  ///
  /// - Parameters:
  ///   - targets: the model's layers.
  ///   - seed: where the factors and dropout's draws come from.
  public convenience init(_ plan: AdapterPlan, on targets: AdapterTargets, seed: UInt64) throws {
    try self.init(
      plan.initialWeights(for: targets, seed: seed), on: targets, dropout: plan.dropout, seed: seed)
  }

  /// Goes on training `weights`, which stay as they are.
  ///
  /// - Throws: `AdapterError` where a layer is not there, or of other sizes.
  public init(
    _ weights: AdapterWeights, on targets: AdapterTargets, dropout: Double = 0, seed: UInt64
  ) throws {
    try AdapterError.checkDropout(dropout)
    guard !weights.layers.isEmpty else { throw AdapterError.empty }
    try targets.check(weights)
    self.targets = targets
    self.dropout = dropout
    metadata = weights.metadata
    branches = try weights.layers.sorted { $0.key < $1.key }.compactMap { address, factors in
      guard let slot = targets[address] else { return nil }
      let branch = try TrainableBranch(
        factors, slot: slot, dropout: dropout, name: address.description, seed: seed)
      return (address, branch)
    }
    parameters = branches.flatMap { address, branch in
      [
        TrainableParameter(name: "\(address).lora_A.weight", tensor: branch.down),
        TrainableParameter(name: "\(address).lora_B.weight", tensor: branch.up),
      ]
    }
  }

  /// Hangs the adapter beside the weights, next to finished adapters that hang there.
  ///
  /// - Throws: `AdapterError.inTraining` where another adapter that is trained hangs in the model:
  ///   each would learn on top of what the other does.
  public func attach() throws {
    detach()
    for (address, slot) in targets.slots where !slot.parameters.isEmpty {
      throw AdapterError.inTraining(layer: address)
    }
    for (address, branch) in branches { targets[address]?.attach(branch) }
  }

  /// Takes the adapter off.
  public func detach() {
    for (address, branch) in branches { targets[address]?.detach(branch) }
  }

  /// The factors as they are now, on the CPU; further training does not change them.
  public func weights() throws -> AdapterWeights {
    var layers: [LayerAddress: LowRankFactors] = [:]
    for (address, branch) in branches { layers[address] = try branch.factors() }
    return AdapterWeights(layers: layers, metadata: metadata)
  }

  /// The networks that have layers in the adapter.
  public var components: Set<AdapterComponent> { Set(branches.map(\.address.component)) }

  /// The number of layers.
  public var layerCount: Int { branches.count }

  /// Elements of all factors.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.tensor.count } }
}
