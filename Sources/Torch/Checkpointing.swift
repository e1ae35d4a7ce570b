internal import CTorch

/// Runs `body` without keeping what its gradients need, and runs it once more when they are asked
/// for: memory for time (Chen et al. 2016, arXiv 1604.06174).
///
/// The result is the same as without, to the bit. So are the gradients but for the order in which a
/// tensor's shares are summed, about 1e-8 of them in fp32.
///
/// Both runs must do the same: `body` draws nothing from a generator that moves on.
///
/// - Parameters:
///   - inputs: what `body` works on; it gets them, or copies of them, in this order.
///   - parameters: tensors that `body` reads by itself and that want gradients. One that is not
///     named here gets none.
///   - body: makes one tensor of the inputs.
/// - Throws: what `body` throws. What it throws when it is run again comes out of
///   `gradients(of:withRespectTo:)`.
public func checkpointed(
  _ inputs: [Tensor], parameters: [Tensor], _ body: @escaping ([Tensor]) throws -> Tensor
) throws -> Tensor {
  let tensors = inputs + parameters
  guard recordsGradients, tensors.contains(where: \.requiresGradient) else {
    return try body(inputs)
  }
  let region = CTorchRegion(
    context: Unmanaged.passRetained(Region(body)).toOpaque(), run: runRegion,
    release: { Unmanaged<Region>.fromOpaque($0).release() })
  var result = CTensor()
  var thrown = CTorchThrown()
  let handles = tensors.map(\.handle)
  let status = withExtendedLifetime(tensors) {
    handles.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else {
        preconditionFailure("a list that holds a tensor has a base address")
      }
      return ctorch_checkpointed(base, handles.count, inputs.count, region, &result, &thrown)
    }
  }
  try check(status, thrown, "checkpointed", inputs)
  return Tensor(owning: result)
}

/// What libtorch keeps of a region: the closure, for as long as it can be run again.
private final class Region {
  let body: ([Tensor]) throws -> Tensor

  init(_ body: @escaping ([Tensor]) throws -> Tensor) { self.body = body }
}

/// An error on its way through C.
private final class ErrorBox {
  let error: any Error

  init(_ error: any Error) { self.error = error }
}

/// Called by libtorch, possibly on a thread of its own.
private let runRegion:
  @convention(c) (
    UnsafeMutableRawPointer, UnsafePointer<CTensor>, Int, UnsafeMutablePointer<CTensor>,
    UnsafeMutablePointer<CTorchThrown>
  ) -> CTorchStatus = { context, handles, count, result, thrown in
    let inputs = UnsafeBufferPointer(start: handles, count: count).map(Tensor.init(owning:))
    let region = Unmanaged<Region>.fromOpaque(context).takeUnretainedValue()
    do {
      let made = try region.body(inputs)
      // The tensor's own handle goes with it.
      try check(ctorch_share(made.handle, result), "checkpointed", [made])
      return CTORCH_OK
    } catch {
      thrown.pointee = CTorchThrown(
        raw: Unmanaged.passRetained(ErrorBox(error)).toOpaque(),
        release: { raw in
          if let raw { Unmanaged<ErrorBox>.fromOpaque(raw).release() }
        }, keeper: nil)
      return CTORCH_FAILED
    }
  }

/// Throws what a callback threw, or what the status says.
func check(
  _ status: CTorchStatus, _ thrown: CTorchThrown, _ operation: String, _ operands: [Tensor]
) throws {
  guard let raw = thrown.raw else { return try check(status, operation, operands) }
  defer { ctorch_thrown_release(thrown) }
  throw Unmanaged<ErrorBox>.fromOpaque(raw).takeUnretainedValue().error
}
