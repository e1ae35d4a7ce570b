internal import Foundation
public import Torch

/// Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101, algorithm 2), as
/// torch.optim.AdamW computes it.
public final class AdamW: Optimizer {
  /// The numbers that a training chooses.
  public struct Options: Sendable, Equatable {
    /// How much of the mean gradient stays at each step, β₁, 0..<1.
    public var meanDecay = 0.9

    /// How much of the mean squared gradient stays at each step, β₂, 0..<1.
    public var squareDecay = 0.999

    /// ε, which keeps quotients finite.
    public var epsilon = 1e-8

    /// λ: each step takes η·λ of every parameter away.
    public var weightDecay = 0.01

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
    guard (0..<1).contains(options.meanDecay), (0..<1).contains(options.squareDecay) else {
      throw TrainingError.setting(
        "AdamW's β are \(options.meanDecay) and \(options.squareDecay), but both must lie in 0..<1")
    }
    guard options.epsilon >= 0, options.epsilon.isFinite, options.weightDecay >= 0,
      options.weightDecay.isFinite
    else {
      throw TrainingError.setting(
        "AdamW's ε is \(options.epsilon) and its weight decay \(options.weightDecay), but neither may be negative"
      )
    }
    self.parameters = parameters
    self.options = options
    memory = try OptimizerMemory(["exp_avg", "exp_avg_sq"], for: parameters)
  }

  /// Takes a step of torch's.
  public func step(_ gradients: [Tensor], learningRate: Double) throws {
    stepCount += 1
    let (b1, b2) = (options.meanDecay, options.squareDecay)
    let meanCorrection = 1 - pow(b1, Double(stepCount))
    let squareCorrection = (1 - pow(b2, Double(stepCount))).squareRoot()
    let stepSize = learningRate / meanCorrection
    let kept = 1 - learningRate * options.weightDecay
    try withoutGradients {
      for (i, gradient) in gradients.enumerated() {
        let (mean, square) = (memory["exp_avg"][i], memory["exp_avg_sq"][i])
        let gradient = try gradient.to(.float32)
        try mean.assign(mean + (1 - b1) * (gradient - mean))
        try square.assign(b2 * square + (1 - b2) * (gradient * gradient))
        let deviation = try square.squareRoot() / squareCorrection + options.epsilon
        let parameter = parameters[i].tensor
        try parameter.assign(kept * parameter - stepSize * (mean / deviation))
      }
    }
  }

  /// The moving averages, and the number of steps.
  public func state() throws -> [String: Tensor] { try memory.state(stepCount: stepCount) }

  /// Goes on from what `state()` gave.
  public func restore(_ state: [String: Tensor]) throws { stepCount = try memory.restore(state) }
}
