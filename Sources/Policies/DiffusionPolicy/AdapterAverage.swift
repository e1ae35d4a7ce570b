public import LoRA
public import NN
internal import Torch

/// The moving average of an adapter's factors: `a ← a + (1 − k)·(θ − a)` after each step.
///
/// The start must not weigh on it for 1/(1 − decay) steps: the first θ is taken as it is, and then
/// `k = min(decay, (1 + n)/(10 + n))` after n steps, as diffusers' EMAModel warms up. A and B are
/// averaged by themselves, as it does; a B that has stayed zero stays so.
public struct AdapterAverage {
  /// The highest k, 0..<1.
  public let decay: Double

  /// The steps that are in it, n.
  public private(set) var count: Int

  /// A and B of each layer, `F32`, in the order of the adapter's parameters.
  public private(set) var factors: [TrainableParameter]

  /// An average that nothing has been added to.
  public init(_ parameters: [TrainableParameter], decay: Double) throws {
    self.decay = decay
    count = 0
    factors = try parameters.map {
      TrainableParameter(name: $0.name, tensor: try $0.tensor.detached().clone())
    }
  }

  /// Takes in the factors after a step.
  public mutating func add(_ parameters: [TrainableParameter]) throws {
    let kept = count == 0 ? 0 : min(decay, Double(1 + count) / Double(10 + count))
    factors = try withoutGradients {
      try zip(factors, parameters).map { average, parameter in
        let value = try parameter.tensor.detached().to(device: average.tensor.device)
        let tensor = try average.tensor + (1 - kept) * (value - average.tensor)
        return TrainableParameter(name: average.name, tensor: tensor)
      }
    }
    count += 1
  }

  /// The adapter of averaged factors, on the CPU.
  ///
  /// - Parameter adapter: the adapter whose factors were averaged.
  public func weights(of adapter: AdapterWeights) throws -> AdapterWeights {
    var averaged = adapter
    let layers = adapter.layers.sorted { $0.key < $1.key }
    for (place, (address, own)) in layers.enumerated() {
      averaged.layers[address] = LowRankFactors(
        down: try factors[2 * place].tensor.to(device: .cpu),
        up: try factors[2 * place + 1].tensor.to(device: .cpu), alpha: own.alpha,
        isRankStabilised: own.isRankStabilised)
    }
    return averaged
  }
}

extension AdapterAverage {
  private static let (prefix, countName) = ("average.", "average_count")

  /// All that the next step depends on, by name.
  func state() throws -> [String: Tensor] {
    var state = [Self.countName: try Tensor([count], shape: [1])]
    for factor in factors { state[Self.prefix + factor.name] = try factor.tensor.clone() }
    return state
  }

  /// Takes what `state()` gave out of `state`, and leaves the rest.
  ///
  /// - Throws: `TrainingError` where it is not there, or of other shapes.
  mutating func restore(from state: inout [String: Tensor]) throws {
    var restored = factors
    var missing: [String] = []
    for (place, factor) in factors.enumerated() {
      let name = Self.prefix + factor.name
      guard let tensor = state.removeValue(forKey: name) else {
        missing.append(name)
        continue
      }
      guard tensor.shape == factor.tensor.shape else {
        throw TrainingError.stateShape(
          name: name, given: tensor.shape, needed: factor.tensor.shape)
      }
      restored[place] = TrainableParameter(
        name: factor.name, tensor: try tensor.to(.float32, device: factor.tensor.device))
    }
    guard missing.isEmpty,
      let count = try state.removeValue(forKey: Self.countName)?.integers().first
    else { throw TrainingError.state(missing: missing + [Self.countName], unused: []) }
    (self.count, factors) = (count, restored)
  }
}
