public import Torch

/// Text states that the UNet attends to, with what its layers have worked out from them.
///
/// The keys and values of a cross-attention depend on the text alone: in a run without gradients
/// each layer works them out at the first step and finds them here at the others.
public final class TextContext {
  /// Text states, `[B, M, D]`.
  public let states: Tensor

  private var projections: [ObjectIdentifier: KeysAndValues] = [:]

  /// A context that nothing has been worked out from yet.
  ///
  /// - Parameter states: `[B, M, D]`, of any floating-point type.
  public init(_ states: Tensor) {
    self.states = states
  }

  /// What `layer` has worked out before, or `project` works out now.
  func keysAndValues(of layer: AnyObject, _ project: (Tensor) throws -> KeysAndValues) throws
    -> KeysAndValues
  {
    guard !recordsGradients else { return try project(states) }
    if let known = projections[ObjectIdentifier(layer)] { return known }
    let made = try project(states)
    projections[ObjectIdentifier(layer)] = made
    return made
  }
}

/// What a layer attends to.
struct KeysAndValues {
  /// `[B, M, C]`.
  let keys: Tensor

  /// `[B, M, C]`.
  let values: Tensor
}
