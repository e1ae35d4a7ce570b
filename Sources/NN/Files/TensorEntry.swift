package import Files
package import Torch

/// A tensor in a file: what it is and where its bytes are, with nothing read yet.
///
/// Elements are little-endian. Element `[i, j, …]` lies at
/// `storage.lowerBound + (storageOffset + i · strides[0] + j · strides[1] + …) · dtype.size`.
/// Several tensors may share a storage. The reader has checked that no element lies outside it and
/// that the tensor has no more elements than the storage.
package struct TensorEntry: Sendable {
  /// The full name, as the checkpoint has it.
  package let name: String
  /// The type of an element.
  package let dtype: DType
  /// The size of each dimension, none negative; empty for a scalar.
  package let shape: [Int]
  /// Steps between neighbours of each dimension, in elements, none negative.
  package let strides: [Int]
  /// The first element's place in the storage, in elements.
  package let storageOffset: Int
  /// The file that holds the bytes; whoever keeps a pointer into it keeps it alive.
  package let file: MappedFile
  /// The storage's place in the file, in bytes.
  package let storage: Range<Int>

  package init(
    name: String, dtype: DType, shape: [Int], strides: [Int]? = nil, storageOffset: Int = 0,
    file: MappedFile, storage: Range<Int>
  ) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.strides = strides ?? Self.rowMajorStrides(of: shape)
    self.storageOffset = storageOffset
    self.file = file
    self.storage = storage
  }

  /// How many elements there are.
  package var count: Int { shape.reduce(1, *) }

  /// Bytes that the elements take.
  package var byteCount: Int { count * dtype.size }

  /// Where the first element lies in the file, in bytes.
  package var byteOffset: Int { storage.lowerBound + storageOffset * dtype.size }

  /// Whether the elements lie one after another in row-major order.
  package var isContiguous: Bool {
    guard count > 0 else { return true }
    return zip(zip(shape, strides), Self.rowMajorStrides(of: shape)).allSatisfy { step, rowMajor in
      step.0 == 1 || step.1 == rowMajor
    }
  }

  /// Whether the address of the first element is a multiple of an element's size. Safetensors
  /// headers need not be padded, so a file may hold tensors that a kernel cannot read in place.
  package var isAligned: Bool { byteOffset % dtype.size == 0 }

  /// Where the bytes lie in the file; nil where they are not contiguous.
  package var bytes: Range<Int>? {
    isContiguous ? byteOffset..<byteOffset + byteCount : nil
  }

  /// The address of the first element, valid as long as ``file`` lives. What is written there
  /// changes this process's copy of the file.
  package var pointer: UnsafeMutableRawPointer { file.pointer(to: byteOffset..<byteOffset) }

  /// The elements' bytes in row-major order, copied.
  package func copiedBytes() -> [UInt8] {
    guard count > 0 else { return [] }
    return file.withUnsafeBytes { whole in
      if let bytes { return Array(whole[bytes]) }
      var copy = [UInt8]()
      copy.reserveCapacity(byteCount)
      var index = [Int](repeating: 0, count: shape.count)
      for _ in 0..<count {
        let element = zip(index, strides).reduce(storageOffset) { $0 + $1.0 * $1.1 }
        let start = storage.lowerBound + element * dtype.size
        copy.append(contentsOf: whole[start..<start + dtype.size])
        advance(&index)
      }
      return copy
    }
  }

  /// Counts `index` up by one element in row-major order.
  private func advance(_ index: inout [Int]) {
    for dimension in index.indices.reversed() {
      index[dimension] += 1
      if index[dimension] < shape[dimension] { return }
      index[dimension] = 0
    }
  }

  /// The strides of a row-major tensor of `shape`.
  package static func rowMajorStrides(of shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for dimension in shape.indices.dropLast().reversed() {
      strides[dimension] = strides[dimension + 1] &* max(shape[dimension + 1], 1)
    }
    return strides
  }

  /// The number of elements of `shape`; nil where it is negative somewhere or too large for Int.
  package static func checkedCount(of shape: [Int]) -> Int? {
    guard shape.allSatisfy({ $0 >= 0 }) else { return nil }
    // A zero anywhere makes the product 0, but must not hide an overflow before or after it.
    var product = 1
    for size in shape where size > 0 {
      let (value, overflow) = product.multipliedReportingOverflow(by: size)
      guard !overflow else { return nil }
      product = value
    }
    return shape.contains(0) ? 0 : product
  }
}
