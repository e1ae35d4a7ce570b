internal import NN
internal import Torch

/// Timesteps spread evenly over a model's: one in each of `count` equal strata, all at the same place
/// of theirs (systematic sampling), so that each is uniform by itself.
enum StratifiedTimesteps {
  /// - Parameters:
  ///   - count: how many, at least 1.
  ///   - timestepCount: N; the timesteps lie in 0..<N.
  static func draw(_ count: Int, of timestepCount: Int, seed: UInt64) throws -> [Int] {
    let offset = try Initialisation.generator("timesteps", seed: seed).uniform([1]).item()
    return (0..<count).map { stratum in
      let place = (Double(stratum) + offset) / Double(count) * Double(timestepCount)
      return min(Int(place), timestepCount - 1)
    }
  }
}
