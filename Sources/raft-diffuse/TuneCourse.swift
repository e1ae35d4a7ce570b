internal import Policies
internal import Torch

/// What each step of a training learns from.
struct TuneCourse {
  let examples: TrainingExamples
  let given: GivenTraining?
  let draws: TrainingDraws
  let steps: Int
  let batch: Int
  let timestepCount: Int

  /// What step `step` learns from.
  func batch(_ step: Int) throws -> DenoisingTrainer.Batch {
    let indices = try indices(step)
    let shape = Array(examples.latents.shape.dropFirst())
    let noise =
      try given?.noise[step]
      ?? .stacked(
        (0..<batch).map { try draws.noise(step: step, index: $0, shape: shape) })
    let timesteps =
      try given?.timesteps[step]
      ?? (0..<batch).map { try draws.timestep(step: step, index: $0, count: timestepCount) }
    return DenoisingTrainer.Batch(
      latents: try examples.latents.gathered(0, Tensor(indices, shape: [batch])),
      prompts: indices.map { examples.prompts[$0] }, noise: noise, timesteps: timesteps)
  }

  private func indices(_ step: Int) throws -> [Int] {
    let count = examples.prompts.count
    guard let given else {
      return try draws.examples(step: step, batch: batch, count: count)
    }
    return given.indices?[step] ?? (0..<batch).map { (step * batch + $0) % count }
  }
}
