internal import Files
package import Torch

extension TensorEntry {
  /// Gives the mapped pages back; they come again from the file when they are touched.
  package func releaseMemory() {
    if let bytes { file.release(bytes) }
  }

  /// The tensor in the file's own type: a view of the mapped file where its alignment allows, else
  /// a copy.
  package func tensor() throws -> Tensor {
    guard isAligned, count > 0 else {
      let bytes = copiedBytes()
      return try Tensor(bytes, shape: [bytes.count]).reinterpreted(as: dtype, shape: shape)
    }
    return try Tensor(
      borrowing: pointer, shape: shape, strides: strides, dtype: dtype, owner: file)
  }
}
