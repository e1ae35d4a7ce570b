package import Torch

/// Tensors that are worth keeping while there is room: those used last.
package struct RecentTensors {
  private struct Place {
    let tensor: Tensor
    let byteCount: Int
    var lastUse: Int
  }

  private let limit: Int
  private var places: [String: Place] = [:]
  private var uses = 0

  /// How many bytes are kept now.
  package private(set) var byteCount = 0

  /// - Parameter limit: the bytes to keep at most; one tensor is kept however large it is.
  package init(limit: Int) {
    self.limit = limit
  }

  /// The tensor of `key`: the one that is kept, else what `make` makes.
  package mutating func tensor(_ key: String, make: () throws -> Tensor) rethrows -> Tensor {
    uses += 1
    if let place = places[key] {
      places[key]?.lastUse = uses
      return place.tensor
    }
    let tensor = try make()
    let size = tensor.count * tensor.dtype.size
    while byteCount + size > limit,
      let oldest = places.min(by: { $0.value.lastUse < $1.value.lastUse })
    {
      byteCount -= oldest.value.byteCount
      places[oldest.key] = nil
    }
    places[key] = Place(tensor: tensor, byteCount: size, lastUse: uses)
    byteCount += size
    return tensor
  }
}
