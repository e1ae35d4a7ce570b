internal import NN
internal import Torch

/// Noise, timesteps and order of a training from a file, to compare with other implementations.
struct GivenTraining {
  /// `F32 [steps, B, 4, H, W]`.
  let noise: Tensor

  /// By step and example, 0..<N.
  let timesteps: [[Int]]

  /// By step and example, which latents to take; one after the other where nil.
  let indices: [[Int]]?

  private let path: String

  /// Reads `noise` `[steps, B, 4, H, W]`, `timesteps` `[steps, B]` and, if they are there, `indices`
  /// `[steps, B]`.
  init(_ path: String) throws {
    self.path = path
    let file = try CheckpointFile.open(path)
    noise = try file.entry("noise").tensor().to(.float32)
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
    timesteps = try table("timesteps")
    indices = file.entries["indices"] == nil ? nil : try table("indices")
  }

  /// The number of steps.
  var steps: Int { noise.shape[0] }

  /// Examples a step.
  var batch: Int { noise.shape[1] }

  /// Refuses what does not fit the run.
  func check(_ examples: TrainingExamples, timestepCount: Int) throws {
    let shape = Array(examples.latents.shape.dropFirst())
    guard Array(noise.shape.dropFirst(2)) == shape else {
      throw Self.wrong(path, "noise", noise.shape, "\([steps, batch] + shape) for these latents")
    }
    try check(timesteps, "timesteps", below: timestepCount)
    if let indices { try check(indices, "indices", below: examples.prompts.count) }
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
