internal import CTorch

/// The gradients of a scalar `loss` with respect to `inputs`, in their order.
///
/// Every input must have taken part in the loss. First order only; the graph is freed.
///
/// - Throws: `TorchError`, or what a checkpointed region threw when it was run again, as it threw
///   it.
public func gradients(of loss: Tensor, withRespectTo inputs: [Tensor]) throws -> [Tensor] {
  guard !inputs.isEmpty else { return [] }
  var results = [CTensor](repeating: CTensor(), count: inputs.count)
  var thrown = CTorchThrown()
  let handles = inputs.map(\.handle)
  let status = withExtendedLifetime((loss, inputs)) {
    handles.withUnsafeBufferPointer { given in
      results.withUnsafeMutableBufferPointer { out in
        guard let given = given.baseAddress, let out = out.baseAddress else { return CTORCH_OK }
        return ctorch_gradients(loss.handle, given, handles.count, out, &thrown)
      }
    }
  }
  try check(status, thrown, "gradients", [loss])
  return results.map(Tensor.init(owning:))
}

/// Runs `body` without recording anything for gradients on this thread.
///
/// `body` is synchronous: the switch belongs to the thread.
public func withoutGradients<R>(_ body: () throws -> R) rethrows -> R {
  let before = ctorch_set_gradients_enabled(false)
  defer { _ = ctorch_set_gradients_enabled(before) }
  return try body()
}

/// Whether operations on this thread are recorded for gradients.
public var recordsGradients: Bool { ctorch_gradients_enabled() }
