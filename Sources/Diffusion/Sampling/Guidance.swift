public import Torch

/// Classifier-free guidance (Ho and Salimans, arXiv 2207.12598, eq. 6 with
/// scale = 1 + w): away from the unconditional prediction.
public struct Guidance: Sendable, Equatable {
  /// How far: 1 takes the conditional prediction as it is; 7.5 is usual.
  public let scale: Double

  /// Guidance of strength `scale`.
  public init(scale: Double) {
    self.scale = scale
  }

  /// Whether the unconditional prediction is needed at all. diffusers does without it at 1 and
  /// below.
  public var isActive: Bool { scale > 1 }

  /// `u + scale·(c − u)`, in `F32`.
  ///
  /// - Parameters:
  ///   - unconditional: the prediction for the negative prompt, `[B, C, H, W]`.
  ///   - conditional: the prediction for the prompt, `[B, C, H, W]`.
  /// - Returns: `F32 [B, C, H, W]`.
  public func callAsFunction(unconditional: Tensor, conditional: Tensor) throws -> Tensor {
    let (from, to) = (try unconditional.to(.float32), try conditional.to(.float32))
    return try from + scale * (to - from)
  }
}
