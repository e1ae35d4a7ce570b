internal import RAFT
internal import Recipes

/// The control arm: the same prompts, noise, number of images trained on and steps, but what is
/// learned from is drawn at random. What it gains, training alone gains.
enum ControlArm {
  /// The recipe of the control arm of a run that has come to its end.
  ///
  /// - Parameters:
  ///   - recipe: the run's.
  ///   - rounds: how many rounds it ran.
  static func recipe(of recipe: Recipe, rounds: Int) -> Recipe {
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
}
