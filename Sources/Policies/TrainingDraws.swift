internal import NN
public import Torch

/// What training leaves to chance, each draw with an address of its own: a training that was
/// interrupted goes on with the numbers that it would have had.
public struct TrainingDraws: Sendable {
  /// Where all draws come from.
  public let seed: UInt64

  /// Draws of `seed`.
  public init(seed: UInt64) {
    self.seed = seed
  }

  /// Unit noise for example `index` of a step's batch, `F32` of `shape`.
  public func noise(step: Int, index: Int, shape: [Int]) throws -> Tensor {
    try generator("noise", step, index).normal(shape)
  }

  /// A timestep for example `index` of a step's batch, 0..<count.
  public func timestep(step: Int, index: Int, count: Int) throws -> Int {
    try generator("timestep", step, index).integers(0..<count, [1]).integers()[0]
  }

  /// The noise with which the latents of example `index` are drawn, `F32` of `shape`.
  public func latents(of index: Int, shape: [Int]) throws -> Tensor {
    try generator("latents", index).normal(shape)
  }

  /// Which of `count` examples a step learns from: all of them once, shuffled, before any comes
  /// again.
  public func examples(step: Int, batch: Int, count: Int) throws -> [Int] {
    let places = step * batch..<(step + 1) * batch
    var orders: [Int: [Int]] = [:]
    return try places.map { place in
      let epoch = place / count
      let order = try orders[epoch] ?? generator("order", epoch).permutation(count).integers()
      orders[epoch] = order
      return order[place % count]
    }
  }

  private func generator(_ purpose: String, _ places: Int...) throws -> Generator {
    try Initialisation.generator(
      "\(purpose).\(places.map(String.init).joined(separator: "."))", seed: seed)
  }
}
