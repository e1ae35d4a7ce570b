internal import Torch

extension Tensor {
  /// The rows of `[N, D]`.
  func rows() throws -> [[Float]] {
    let (values, width) = (try floats(), shape[1])
    return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
  }
}
