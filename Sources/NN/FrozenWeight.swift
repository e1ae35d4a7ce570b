package import Torch

/// A tensor of a frozen model: mapped on disk, placed when it is first used, packed once for the
/// kernels that read it.
package final class FrozenWeight {
  /// The name from the checkpoint's root.
  package let name: String

  /// The shape that the layer asked for.
  package let shape: [Int]

  /// Where the layer computes, and in which type.
  let placement: Placement

  private let source: String
  private let origin: WeightOrigin
  private var placed: Tensor?
  private var packed: PackedWeight?
  /// The values that training changes, `F32`; nil for as long as the weight is frozen.
  private var thawed: Tensor?

  /// What is added to the weight before it is used, `F32`, as many elements; nil for nothing.
  var change: (() throws -> Tensor)? {
    didSet { (placed, packed) = (nil, nil) }
  }

  init(
    name: String, shape: [Int], source: String, placement: Placement, origin: WeightOrigin
  ) {
    self.name = name
    self.shape = shape
    self.source = source
    self.placement = placement
    self.origin = origin
  }

  /// The tensor as eager operations want it.
  package func dense() throws -> Tensor {
    if let thawed { return try thawed.to(placement.dtype) }
    if let placed { return placed }
    let tensor = try load()
    placed = tensor
    return tensor
  }

  /// Makes the weight one that training changes, as it is when a model is trained from scratch.
  ///
  /// - Returns: the values, `F32` and a point that gradients are asked for; whoever computes with
  ///   the weight from now on sees them as they change, rounded to the type of the placement.
  func thaw() throws -> TrainableParameter {
    let values = try thawed ?? pristine().to(.float32).detached().clone().trainable()
    (thawed, placed, packed) = (values, nil, nil)
    return TrainableParameter(name: name, tensor: values)
  }

  /// The weight packed by `pack`, made at the first call; nil where packing does not pay or is not
  /// to be had.
  ///
  /// Packed kernels have no gradients, so there is none for an `x` that wants one.
  package func packed(for x: Tensor, _ pack: (Tensor) throws -> PackedWeight) throws
    -> PackedWeight?
  {
    guard thawed == nil else { return nil }
    if recordsGradients && x.requiresGradient {
      // A weight is held in one form at a time.
      packed = nil
      return nil
    }
    if let packed { return packed }
    guard packs else { return nil }
    let made = try pack(try placed ?? load())
    packed = made
    // The pack serves from now on; the pristine weight stays on disk, where `dense()` finds it
    // again.
    placed = nil
    origin.release()
    return made
  }

  /// Packed kernels are oneDNN's: on the CPU, in fp32, or in bf16 where the processor has it. Below
  /// 16,384 elements the eager path is faster.
  private var packs: Bool {
    guard placement.device == .cpu, Machine.hasPackedKernels else { return false }
    guard shape.reduce(1, *) >= 16_384 else { return false }
    return placement.dtype == .float32
      || (placement.dtype == .bfloat16 && Machine.hasFastBFloat16)
  }

  private func load() throws -> Tensor {
    let pristine = try pristine()
    guard let change else { return pristine }
    return try (pristine.to(.float32) + change().to(device: placement.device).reshaped(shape))
      .to(placement.dtype)
  }

  /// The weight as its origin has it, placed and checked; read anew at each call.
  func pristine() throws -> Tensor {
    let stored = try origin.read()
    let tensor = try placement.place(stored)
    // One pass over the memory: a sum is finite only if every element is, but for overflows.
    guard try tensor.sum().item().isFinite || tensor.isFinite() else {
      // What was finite in the file is so no more after rounding.
      guard try !stored.isFinite() else {
        let narrow = placement.rounding ?? placement.dtype
        throw WeightsError.tooLarge(name: name, source: source, dtype: narrow.rawValue)
      }
      throw WeightsError.notFinite(name: name, source: source)
    }
    // A copy stands on its own; a view is the mapping itself.
    if tensor !== stored { origin.release() }
    return tensor
  }
}
