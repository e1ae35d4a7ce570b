internal import ExitStatuses
internal import NN
internal import Policies
internal import Torch

/// Noise, timesteps and order of a training from a file, to compare with other implementations.
struct GivenTraining {
  /// What the file holds.
  let draws: GivenDraws

  private let path: String

  /// Reads `noise` `[steps, B, 4, H, W]`, `timesteps` `[steps, B]` and, if they are there, `indices`
  /// `[steps, B]`.
  init(_ path: String) throws {
    self.path = path
    let file = try CheckpointFile.open(path)
    let noise = try file.entry("noise").tensor().to(.float32)
    guard noise.rank == 5, noise.count > 0 else {
      throw Self.wrong(path, "noise", noise.shape, "[steps, batch, channels, height/8, width/8]")
    }
    let (steps, batch) = (noise.shape[0], noise.shape[1])
    func table(_ name: String) throws -> [[Int]] {
      let tensor = try file.entry(name).tensor()
      guard tensor.shape == [steps, batch] else {
        throw Self.wrong(path, name, tensor.shape, "\([steps, batch])")
      }
      let values = try tensor.integers()
      return (0..<steps).map { Array(values[$0 * batch..<($0 + 1) * batch]) }
    }
    draws = GivenDraws(
      noise: noise, timesteps: try table("timesteps"),
      indices: file.entries["indices"] == nil ? nil : try table("indices"))
  }

  /// Refuses what does not fit the run.
  func check(_ examples: TrainingExamples, timestepCount: Int) throws {
    let shape = Array(examples.latents.shape.dropFirst())
    let given = draws.noise.shape
    guard Array(given.dropFirst(2)) == shape else {
      throw Self.wrong(path, "noise", given, "\(given.prefix(2) + shape) for these latents")
    }
    try check(draws.timesteps, "timesteps", below: timestepCount)
    if let indices = draws.indices { try check(indices, "indices", below: examples.count) }
  }

  private func check(_ table: [[Int]], _ name: String, below limit: Int) throws {
    for value in table.joined() where !(0..<limit).contains(value) {
      throw CommandError(
        status: .badInput,
        description: "\(path) has \(value) among its \(name), but they must lie in 0…\(limit - 1)")
    }
  }

  private static func wrong(_ path: String, _ name: String, _ shape: [Int], _ needed: String)
    -> CommandError
  {
    CommandError(
      status: .badInput,
      description: "\(path) has \(name) of shape \(shape), but this run needs \(needed)")
  }
}
