internal import NN
internal import Torch

/// The shapes of a layer's factors in a file, held against the layer's own.
struct FactorShapes {
  /// What is wrong with them, to stand after the layer's name; nil where they fit.
  let problem: String?

  /// The rank.
  let rank: Int

  /// Features that go in.
  let input: Int

  private let downShape: [Int]
  private let upShape: [Int]

  /// - Parameters:
  ///   - down: A's shape, `[r, in]` or `[r, in, kh, kw]`, a linear layer's also with ones behind.
  ///   - up: B's shape, `[out, r]` or `[out, r, 1, 1]`.
  ///   - middle: the kernel's shape, `[r, r, kh, kw]`, where a convolution's A is divided in two.
  ///   - geometry: the layer's sizes; nil where they are not known.
  init(down: [Int], up: [Int], middle: [Int]?, geometry: LayerGeometry?) {
    rank = middle?.first ?? down.first ?? 0
    input = down.count > 1 ? down[1] : 0
    let kernel = middle.map { Array($0.dropFirst(2)) } ?? Array(down.dropFirst(2))
    let output = up.first ?? 0
    downShape = geometry?.downShape(rank: rank) ?? [rank, input] + kernel
    upShape =
      geometry?.upShape(rank: rank) ?? [output, rank] + (down.count > 2 ? [1, 1] : [])
    problem = Self.problem(
      down: down, up: up, middle: middle, kernel: kernel, geometry: geometry)
  }

  private static func problem(
    down: [Int], up: [Int], middle: [Int]?, kernel: [Int], geometry: LayerGeometry?
  ) -> String? {
    guard down.count == 2 || down.count == 4, up.count == 2 || up.count == 4,
      up.dropFirst(2).allSatisfy({ $0 == 1 })
    else { return "has factors \(down) and \(up), which make no matrix" }
    if let middle {
      guard middle.count == 4, middle[1] == down[0], up[1] == middle[0],
        down.dropFirst(2).allSatisfy({ $0 == 1 })
      else { return "has factors \(down), \(middle) and \(up), which do not fit each other" }
    } else if down[0] != up[1] {
      return "has factors of the ranks \(down[0]) and \(up[1])"
    }
    guard let geometry else { return nil }
    guard down[1] == geometry.input, up[0] == geometry.output else {
      return "takes \(down[1]) features to \(up[0]), the model's \(geometry.input) to "
        + "\(geometry.output)"
    }
    let expected = Array(geometry.weightShape.dropFirst(2))
    guard kernel == expected || (kernel + expected).allSatisfy({ $0 == 1 }) else {
      return "has a kernel \(kernel), the model's is \(expected)"
    }
    return nil
  }

  /// The factors in the layer's own shapes, a divided A put together:
  /// `A[p, i, y, x] = Σ_q middle[p, q, y, x] · down[q, i]`.
  func folded(down: Tensor, up: Tensor, middle: Tensor?) throws -> (down: Tensor, up: Tensor) {
    let up = try up.reshaped(upShape)
    guard let middle else { return (try down.reshaped(downShape), up) }
    let shape = middle.shape
    let kernel = try middle.permuted([0, 2, 3, 1]).reshaped([-1, shape[1]])
    let product = try kernel.matmul(down.reshaped([down.shape[0], input]))
      .reshaped([shape[0], shape[2], shape[3], input])
    return (try product.permuted([0, 3, 1, 2]).contiguous().reshaped(downShape), up)
  }
}
