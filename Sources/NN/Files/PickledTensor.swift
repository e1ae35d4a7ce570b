package import Torch

/// A storage that a pickle refers to.
package struct PickledStorage: Sendable, Equatable {
  /// What the storage counts.
  package enum Element: Sendable, Equatable {
    case typed(DType)
    case bytes
  }

  /// The name of its file in the archive's `data` folder.
  package let key: String
  /// What ``count`` counts.
  package let element: Element
  /// How many elements, or bytes where it is untyped.
  package let count: Int

  /// Bytes that the file must have; nil where they are too many for Int.
  package var byteCount: Int? {
    guard case .typed(let dtype) = element else { return count }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: dtype.size)
    return overflow ? nil : bytes
  }
}

/// A tensor as a pickle describes it, checked against the size that its storage claims.
package struct PickledTensor: Sendable, Equatable {
  /// The type of an element.
  package let dtype: DType
  /// The size of each dimension.
  package let shape: [Int]
  /// Steps between neighbours of each dimension, in elements.
  package let strides: [Int]
  /// The first element's place in the storage, in elements.
  package let offset: Int
  /// The storage, which other tensors may share.
  package let storage: PickledStorage
}

extension PickledTensor {
  /// More dimensions than torch handles.
  static let maximumRank = 64

  /// Checks that all elements lie inside the storage, and that there are no more of them than it
  /// has: an expanded tensor could claim any number.
  init(
    _ dtype: DType, _ shape: [Int], _ strides: [Int], _ offset: Int, _ storage: PickledStorage
  ) throws {
    guard shape.count == strides.count, shape.count <= Self.maximumRank, offset >= 0,
      strides.allSatisfy({ $0 >= 0 }), let count = TensorEntry.checkedCount(of: shape)
    else { throw TorchPickleError.malformed("a tensor has an impossible shape") }
    guard let bytes = storage.byteCount else {
      throw TorchPickleError.malformed("a storage claims an impossible size")
    }
    let capacity = bytes / dtype.size
    // The last element's place in the storage.
    var last = offset
    for (size, stride) in zip(shape, strides) where count > 0 {
      let (reach, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, carry) = last.addingReportingOverflow(reach)
      guard !overflow, !carry else { throw TorchPickleError.outsideStorage(shape: shape, capacity) }
      last = sum
    }
    guard count <= capacity, count > 0 ? last < capacity : offset <= capacity else {
      throw TorchPickleError.outsideStorage(shape: shape, capacity)
    }
    self.init(dtype: dtype, shape: shape, strides: strides, offset: offset, storage: storage)
  }
}
