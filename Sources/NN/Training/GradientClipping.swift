public import Torch

/// Gradients together, and how long they are.
public struct GradientClipping {
  /// The gradients, clipped or as they came.
  public let gradients: [Tensor]

  /// The Euclidean norm of all gradients together, before any clipping.
  public let norm: Double

  /// Scales `found` down together where their norm is above `maximum`, as
  /// torch.nn.utils.clip_grad_norm_ does: by maximum / (norm + 10⁻⁶).
  ///
  /// - Parameters:
  ///   - found: one for each of `parameters`, in their order.
  ///   - maximum: nil measures only.
  /// - Throws: `TrainingError.gradientNotFinite`, which names the first parameter whose gradient is
  ///   an infinity or not a number.
  public init(
    _ found: [Tensor], of parameters: [TrainableParameter], to maximum: Double? = nil
  ) throws {
    let norms = try found.map { try $0.to(.float32).norm().item() }
    let total = norms.reduce(0) { $0 + $1 * $1 }.squareRoot()
    norm = total
    for (norm, parameter) in zip(norms, parameters) where !norm.isFinite {
      throw TrainingError.gradientNotFinite(parameter: parameter.name)
    }
    let factor = maximum.map { $0 / (total + 1e-6) } ?? 1
    gradients = factor < 1 ? try found.map { try $0 * factor } : found
  }
}
