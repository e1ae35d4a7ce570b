package import Torch

/// The slope of the scalar `function` at `point` along `direction`, from two values of the
/// function.
///
/// - Parameter step: how far to go each way; exact for any step where the function is quadratic.
package func slope(
  of function: (Tensor) throws -> Tensor, at point: Tensor, along direction: Tensor, step: Double
) throws -> Double {
  try withoutGradients {
    let offset = try direction * step
    let (ahead, behind) = (
      try function(point + offset).item(), try function(point - offset).item()
    )
    return (ahead - behind) / (2 * step)
  }
}

/// The same slope from the gradient of `function`.
package func slopeFromGradient(
  of function: (Tensor) throws -> Tensor, at point: Tensor, along direction: Tensor
) throws -> Double {
  let point = try point.trainable()
  let gradient = try gradients(of: function(point), withRespectTo: [point])[0]
  return try (gradient * direction).sum().item()
}
