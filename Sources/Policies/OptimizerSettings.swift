public import NN

/// What changes an adapter, and with which numbers.
public enum OptimizerSettings: Sendable, Equatable {
  /// Adam with decoupled weight decay.
  case adamW(AdamW.Options)
  /// Stochastic gradient descent.
  case sgd(SGD.Options)

  /// The optimiser over `parameters`.
  ///
  /// - Throws: `TrainingError.setting` where a number is out of its range.
  public func optimizer(over parameters: [TrainableParameter]) throws -> any Optimizer {
    switch self {
    case .adamW(let options): try AdamW(parameters, options)
    case .sgd(let options): try SGD(parameters, options)
    }
  }
}
