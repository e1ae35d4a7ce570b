internal import Torch

/// What the network's output means, for latents `x = √ᾱ·x₀ + √(1−ᾱ)·ε`.
public enum PredictionType: String, CaseIterable, Sendable {
  /// The noise ε.
  case epsilon
  /// `v = √ᾱ·ε − √(1−ᾱ)·x₀` (Salimans and Ho, arXiv 2202.00512, §4).
  case velocity = "v_prediction"
  /// The clean latents x₀.
  case sample

  /// The clean latents x₀ that `output` stands for at `x`, both `[B, C, H, W]`.
  ///
  /// - Parameter signal: ᾱ of `x`, above 0 and at most 1.
  func clean(_ output: Tensor, at x: Tensor, signal: Double) throws -> Tensor {
    let (alpha, sigma) = (signal.squareRoot(), (1 - signal).squareRoot())
    return switch self {
    case .epsilon: try (x - sigma * output) / alpha
    case .velocity: try alpha * x - sigma * output
    case .sample: output
    }
  }

  /// The noise ε that `output` stands for at `x`, both `[B, C, H, W]`.
  ///
  /// - Parameter signal: ᾱ of `x`, above 0 and below 1.
  func noise(_ output: Tensor, at x: Tensor, signal: Double) throws -> Tensor {
    let (alpha, sigma) = (signal.squareRoot(), (1 - signal).squareRoot())
    return switch self {
    case .epsilon: output
    case .velocity: try alpha * output + sigma * x
    case .sample: try (x - alpha * output) / sigma
    }
  }
}
