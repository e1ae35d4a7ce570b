public import Torch

/// Stochastic gradient descent, with momentum where asked for, as torch.optim.SGD computes it.
public final class SGD: Optimizer {
  /// The numbers that a training chooses.
  public struct Options: Sendable, Equatable {
    /// μ: how much of the last step stays in the next, 0..<1; 0 for none.
    public var momentum = 0.0

    /// λ: added to the gradient is λ times the parameter.
    public var weightDecay = 0.0

    /// torch's defaults.
    public init() {}
  }

  /// What is changed.
  public let parameters: [TrainableParameter]

  /// Steps taken so far.
  public private(set) var stepCount = 0

  private let options: Options
  private var memory: OptimizerMemory

  /// - Throws: `TrainingError.setting` where a number is out of its range.
  public init(_ parameters: [TrainableParameter], _ options: Options = Options()) throws {
    guard (0..<1).contains(options.momentum), options.weightDecay >= 0,
      options.weightDecay.isFinite
    else {
      throw TrainingError.setting(
        "SGD's momentum is \(options.momentum) and its weight decay \(options.weightDecay), but the momentum must lie in "
          + "0..<1 and the decay may not be negative")
    }
    self.parameters = parameters
    self.options = options
    memory = try OptimizerMemory(options.momentum > 0 ? ["momentum_buffer"] : [], for: parameters)
  }

  /// Takes a step of torch's.
  public func step(_ gradients: [Tensor], learningRate: Double) throws {
    try withoutGradients {
      for (i, gradient) in gradients.enumerated() {
        let parameter = parameters[i].tensor
        var direction = try gradient.to(.float32)
        if options.weightDecay > 0 { direction = try direction + options.weightDecay * parameter }
        if options.momentum > 0 {
          let velocity = memory["momentum_buffer"][i]
          // The first gradient counts in full.
          try velocity.assign(options.momentum * velocity + direction)
          direction = velocity
        }
        try parameter.assign(parameter - learningRate * direction)
      }
    }
    stepCount += 1
  }

  /// The moving averages, and the number of steps.
  public func state() throws -> [String: Tensor] { try memory.state(stepCount: stepCount) }

  /// Goes on from what `state()` gave.
  public func restore(_ state: [String: Tensor]) throws { stepCount = try memory.restore(state) }
}
