internal import NN
internal import Torch

extension [TrainableParameter] {
  /// The parameters in the shapes that diffusers stores them in: layers compute a 1×1 convolution as
  /// a product and keep its weight as a matrix, which it is not in a file.
  ///
  /// - Parameter slots: those of the layers that the parameters are of.
  func stored(as slots: [AdapterSlot]) throws -> [TrainableParameter] {
    let shapes = Dictionary(
      slots.map { ("\($0.name).weight", $0.geometry.weightShape) }, uniquingKeysWith: { $1 })
    return try map { parameter in
      guard let shape = shapes[parameter.name] else { return parameter }
      return TrainableParameter(
        name: parameter.name, tensor: try parameter.tensor.reshaped(shape))
    }
  }
}
