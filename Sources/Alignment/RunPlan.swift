internal import RAFT
internal import Recipes
internal import RunStore

/// What a run will cost, before its first sample.
package struct RunPlan: Sendable, Equatable {
  /// Evaluations of the network while sampling, both halves of the guidance counted.
  package var evaluations = 0
}
