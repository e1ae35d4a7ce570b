internal import RAFT
package import Recipes
package import RunStore

/// The control arm: the same prompts, noise, number of images trained on and steps, but what is
/// learned from is drawn at random. What it gains, training alone gains.
package enum ControlArm {
  /// The recipe of the control arm of a run that has come to its end.
  ///
  /// - Parameters:
  ///   - recipe: the run's.
  ///   - rounds: how many rounds it ran.
  package static func recipe(of recipe: Recipe, rounds: Int) -> Recipe {
    var control = recipe
    control.name = "\(recipe.name) (control)"
    control.control = false
    control.selection = Selection(.random(like: recipe.selection.strategy))
    control.rounds.count = rounds
    control.stopping.patience = 0
    control.stopping.seconds = nil
    control.stopping.samples = nil
    return control
  }

  /// The control arm's folder: a run of its own inside the run's.
  package static func directory(of run: RunDirectory) throws -> RunDirectory {
    let path = run.paths.control.folder
    do {
      return try RunDirectory.open(path)
    } catch RunStoreError.noRun {
      return try RunDirectory.create(at: path)
    }
  }
}
