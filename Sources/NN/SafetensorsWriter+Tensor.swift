package import Torch

extension SafetensorsWriter.Item {
  /// A tensor of this process, written row-major.
  package init(name: String, tensor: Tensor) {
    self.init(name: name, dtype: tensor.dtype, shape: tensor.shape) { write in
      try tensor.withBytes { try write($0) }
    }
  }
}
