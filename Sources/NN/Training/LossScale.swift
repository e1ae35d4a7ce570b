public import Torch

/// What a loss is multiplied with before its gradients are taken in fp16, which has no numbers below
/// 6e-8, where most gradients would be, and none above 65504.
///
/// The scale is halved whenever a gradient overflows and never rises again (Micikevicius et al.
/// 2018, arXiv 1710.03740, section 3.2), so that the same training always goes the same way.
public struct LossScale: Sendable, Equatable {
  /// The scale, a power of two, at least 1.
  public private(set) var value: Double

  /// A scale to begin with, or to go on with.
  public init(_ value: Double = 4096) {
    self.value = value
  }

  /// Works out gradients at the scale, again at half of it for as long as one of them is not
  /// finite, and divides them by it.
  ///
  /// - Parameter compute: makes a loss and the gradients of the loss times its argument.
  /// - Returns: the loss, and the gradients without the scale; these are not finite only where they
  ///   are not at a scale of 1.
  public mutating func unscaled<Loss>(
    _ compute: (_ scale: Double) throws -> (loss: Loss, gradients: [Tensor])
  ) throws -> (loss: Loss, gradients: [Tensor]) {
    while true {
      let found = try compute(value)
      guard try value > 1 && !found.gradients.allSatisfy({ try $0.isFinite() }) else {
        return (found.loss, try found.gradients.map { try $0 / value })
      }
      value = max(1, value / 2)
    }
  }
}
