public import Torch

/// Where a model computes, in which type, and to which type its weights are rounded first.
public struct Placement: Sendable, Equatable {
  /// The device that holds the weights and runs the operations.
  public let device: Device

  /// The type that the operations compute in.
  public let dtype: DType

  /// The type that weights are rounded to before they become `dtype`; nil for none.
  ///
  /// fp16 is slow on a CPU, so there it is a storage format: rounded to fp16, computed in fp32.
  public let rounding: DType?

  /// A model on `device` that computes in `dtype`.
  public init(device: Device = .cpu, dtype: DType = .float32, rounding: DType? = nil) {
    self.device = device
    self.dtype = dtype
    self.rounding = rounding
  }

  /// `tensor` as a weight of a model placed here.
  package func place(_ tensor: Tensor) throws -> Tensor {
    let rounded = try rounding.map { try tensor.to($0) } ?? tensor
    return try rounded.to(dtype, device: device)
  }
}
