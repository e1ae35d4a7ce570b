package import Torch

extension Tensor {
  /// 1 at the place of each row, else 0: `[N, count]`.
  package static func oneHot(_ places: [Int], count: Int) throws -> Tensor {
    var values = [Float](repeating: 0, count: places.count * count)
    for (row, place) in places.enumerated() { values[row * count + place] = 1 }
    return try Tensor(values, shape: [places.count, count])
  }
}
