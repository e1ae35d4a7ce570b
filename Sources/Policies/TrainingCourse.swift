internal import Torch

/// What each step of a training learns from, every choice and draw by its address: the same steps
/// come whenever they are asked for.
package struct TrainingCourse {
  /// What is learned.
  package let examples: TrainingExamples

  /// What is learned so as not to be forgotten; nil for nothing.
  package var preserved: TrainingExamples?

  /// The share of `preserved` among the examples of a step, 0…1: kept by every stretch of the
  /// training to within one example.
  package var preservedShare = 0.0

  /// Examples that go through the network together.
  package let batch: Int

  /// Batches a step, which count as one large one.
  package var accumulation = 1

  /// The share of examples that are learned with the empty prompt.
  package var promptDropout = 0.0

  /// Draws from elsewhere; nil to draw them.
  package var given: GivenDraws?

  private let draws: TrainingDraws
  private let timestepCount: Int

  /// - Parameter timestepCount: the training timesteps, N.
  package init(
    _ examples: TrainingExamples, draws: TrainingDraws, batch: Int, timestepCount: Int
  ) {
    self.examples = examples
    self.draws = draws
    self.batch = batch
    self.timestepCount = timestepCount
  }

  /// What step `step` learns from, batch by batch. Noise, timesteps and order are those of one
  /// large batch.
  package func batches(_ step: Int) throws -> [DenoisingTrainer.Batch] {
    let rows = batch * accumulation
    let chosen = try choices(step, rows)
    return try (0..<accumulation).map { index in
      let places = index * batch..<(index + 1) * batch
      return try makeBatch(chosen[places], step, places)
    }
  }

  /// An example in its place.
  private struct Choice {
    let source: TrainingExamples
    let index: Int
  }

  private func makeBatch(_ chosen: ArraySlice<Choice>, _ step: Int, _ places: Range<Int>) throws
    -> DenoisingTrainer.Batch
  {
    let latents = try chosen.map { try $0.source.latents[$0.index] }
    let shape = Array(examples.latents.shape.dropFirst())
    let noise =
      try given?.noise[step]
      ?? .stacked(places.map { try draws.noise(step: step, index: $0, shape: shape) })
    let timesteps =
      try given?.timesteps[step]
      ?? places.map { try draws.timestep(step: step, index: $0, count: timestepCount) }
    let prompts = try zip(chosen, places).map { choice, place in
      let isDropped = try draws.dropsPrompt(step: step, index: place, share: promptDropout)
      return isDropped ? "" : choice.source.prompts[choice.index]
    }
    return DenoisingTrainer.Batch(
      latents: try .stacked(latents), prompts: prompts, noise: noise, timesteps: timesteps)
  }

  private func choices(_ step: Int, _ rows: Int) throws -> [Choice] {
    let places = step * rows..<(step + 1) * rows
    if let given {
      let indices = given.indices?[step] ?? places.map { $0 % examples.count }
      return indices.map { Choice(source: examples, index: $0) }
    }
    guard let preserved, preservedShare > 0 else {
      return try draws.examples(at: places, count: examples.count)
        .map { Choice(source: examples, index: $0) }
    }
    // Of the first n places ⌊n·share⌋ are of what is preserved.
    func preservedCount(_ place: Int) -> Int { Int(Double(place) * preservedShare) }
    let isPreserved = places.map { preservedCount($0 + 1) > preservedCount($0) }
    let old = zip(places, isPreserved).filter(\.1).map { preservedCount($0.0) }
    let new = zip(places, isPreserved).filter { !$0.1 }.map { $0.0 - preservedCount($0.0) }
    var oldOnes = try draws.examples(at: old, count: preserved.count, order: "preserved")[...]
    var newOnes = try draws.examples(at: new, count: examples.count)[...]
    return isPreserved.map {
      $0
        ? Choice(source: preserved, index: oldOnes.removeFirst())
        : Choice(source: examples, index: newOnes.removeFirst())
    }
  }
}
