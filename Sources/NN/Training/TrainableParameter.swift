public import Torch

/// A tensor that training changes, and what files call it.
public struct TrainableParameter {
  /// A name that no other parameter of the training has.
  public let name: String

  /// The values, `F32`: a point that gradients are asked for.
  public let tensor: Tensor

  /// The tensor, under the name.
  public init(name: String, tensor: Tensor) {
    self.name = name
    self.tensor = tensor
  }
}
