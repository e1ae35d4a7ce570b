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

  /// Whether example `index` of a step's batch is learned without its prompt.
  ///
  /// - Parameter share: how many are, 0…1.
  public func dropsPrompt(step: Int, index: Int, share: Double) throws -> Bool {
    guard share > 0 else { return false }
    return try generator("prompt", step, index).uniform([1]).item() < share
  }

  /// Which of `count` examples come at `places` of a training, which are counted over all its steps:
  /// all examples once, shuffled, before any comes again.
  ///
  /// - Parameter order: what tells orders of several kinds of examples apart.
  public func examples(at places: some Sequence<Int>, count: Int, order: String = "order") throws
    -> [Int]
  {
    var orders: [Int: [Int]] = [:]
    return try places.map { place in
      let epoch = place / count
      let order = try orders[epoch] ?? generator(order, epoch).permutation(count).integers()
      orders[epoch] = order
      return order[place % count]
    }
  }

  private func generator(_ purpose: String, _ places: Int...) throws -> Generator {
    try Initialisation.generator(
      "\(purpose).\(places.map(String.init).joined(separator: "."))", seed: seed)
  }
}
