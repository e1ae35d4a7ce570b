package import Diffusion
package import RunStore

/// What a run is made with, besides its recipe.
package struct RunParts {
  /// The model, loaded.
  let model: StableDiffusion

  /// What scores its images.
  let rewards: RunRewards

  /// The run's folder, open.
  var directory: RunDirectory

  /// What was settled when the run began.
  var settled: SettledFacts

  /// What people call the model, and SHA-256 of its files: notes for the adapter's files.
  let notes: [String: String]

  /// What is written into a sample's PNG about how it was made.
  let texts: ImageMaker.Texts

  /// Another model that makes the samples to learn from; nil for the one that learns.
  package var generator: StableDiffusion?

  /// A run whose samples can be taken over where they are the same; nil for none.
  var donor: RunDirectory?

  /// - Parameters:
  ///   - notes: metadata of every adapter that the run writes.
  ///   - texts: what is written into a sample's PNG about how it was made.
  package init(
    model: StableDiffusion, rewards: RunRewards, directory: RunDirectory, settled: SettledFacts,
    notes: [String: String], texts: @escaping ImageMaker.Texts
  ) {
    self.model = model
    self.rewards = rewards
    self.directory = directory
    self.settled = settled
    self.notes = notes
    self.texts = texts
  }
}
