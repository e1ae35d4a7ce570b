internal import LoRA
internal import NN
public import Torch

/// Stopping a training and going on with it.
extension DenoisingTrainer {
  private static let scaleName = "loss_scale"
  private static let (optimizerPrefix, parameterPrefix) = ("optimizer.", "parameter.")

  /// All that the next step depends on besides its batch, by name: the factors (`parameter.…`), the
  /// optimiser (`optimizer.…`) and the loss scale.
  ///
  /// - Throws: `TrainingDivergence` where any of it is not finite: it is worth less than what was
  ///   saved before.
  public func state() throws -> [String: Tensor] {
    var state = [Self.scaleName: try Tensor([Float(lossScale.value)], shape: [1])]
    for (name, tensor) in try optimizer.state() { state[Self.optimizerPrefix + name] = tensor }
    for parameter in adapter.parameters {
      state[Self.parameterPrefix + parameter.name] = try parameter.tensor.detached().clone()
    }
    for (name, tensor) in state.sorted(by: { $0.key < $1.key }) {
      guard try tensor.isFinite() else {
        throw TrainingDivergence(
          step: optimizer.stepCount - firstStep - 1, prompts: [],
          what: "\(name) became NaN or infinite")
      }
    }
    return state
  }

  /// Goes on from what `state()` gave.
  ///
  /// - Throws: `TrainingError` where it is of another training; nothing has changed then.
  public func restore(_ state: [String: Tensor]) throws {
    let scale = try state[Self.scaleName]?.item()
    var (ofOptimizer, ofParameters): ([String: Tensor], [String: Tensor]) = ([:], [:])
    var unused: [String] = []
    for (name, tensor) in state where name != Self.scaleName {
      if name.hasPrefix(Self.optimizerPrefix) {
        ofOptimizer[String(name.dropFirst(Self.optimizerPrefix.count))] = tensor
      } else if name.hasPrefix(Self.parameterPrefix) {
        ofParameters[String(name.dropFirst(Self.parameterPrefix.count))] = tensor
      } else {
        unused.append(name)
      }
    }
    let names = Set(adapter.parameters.map(\.name))
    let missing = names.subtracting(ofParameters.keys).sorted()
    unused += ofParameters.keys.filter { !names.contains($0) }
    guard let scale, scale >= 1, scale.isFinite, missing.isEmpty, unused.isEmpty else {
      throw TrainingError.state(
        missing: missing + (scale == nil ? [Self.scaleName] : []), unused: unused.sorted())
    }
    for parameter in adapter.parameters {
      guard let stored = ofParameters[parameter.name], stored.shape != parameter.tensor.shape
      else { continue }
      throw TrainingError.stateShape(
        name: parameter.name, given: stored.shape, needed: parameter.tensor.shape)
    }
    try optimizer.restore(ofOptimizer)
    try withoutGradients {
      for parameter in adapter.parameters {
        guard let stored = ofParameters[parameter.name] else { continue }
        try parameter.tensor.assign(stored.to(device: parameter.tensor.device))
      }
    }
    lossScale = LossScale(scale)
  }
}
