package import RAFT
package import Torch

/// The random numbers of one step. They depend on the seed, the course's name and the step alone,
/// so that a course that was interrupted goes on as if it had not been.
package struct StepDraws {
  /// For choices.
  package var choices: SplitMix64

  /// For tensors.
  package let tensors: Generator

  /// The numbers of step `step` of the course called `name`.
  init(seed: UInt64, _ name: String, step: Int) throws {
    choices = SplitMix64(seed: RunSeeds(run: seed).seed(name, step))
    tensors = try Generator(seed: choices.next())
  }
}
