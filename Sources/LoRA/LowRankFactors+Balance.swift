internal import NN
internal import Torch

extension LowRankFactors {
  /// The power of two `f` with which `A/f` and `f·B` have largest elements alike: fp16 rounds
  /// numbers below 6e-5 ever more coarsely, and a young adapter's B is that small.
  ///
  /// - Parameters:
  ///   - down: A, finished or in training.
  ///   - up: B as it is multiplied, its scale included.
  /// - Returns: 1 where either is zero or not finite.
  static func balance(_ down: Tensor, _ up: Tensor) throws -> Double {
    let (a, b) = try withoutGradients {
      try (down.detached().magnitude().max().item(), up.detached().magnitude().max().item())
    }
    guard a > 0, b > 0, a.isFinite, b.isFinite else { return 1 }
    return Double(sign: .plus, exponent: (a / b).squareRoot().exponent, significand: 1)
  }
}
