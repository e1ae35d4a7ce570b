internal import Diffusion
internal import Foundation
internal import Recipes

extension RewardOptions {
  /// The same with the CLIP and the head that the model's own settings (its raft-diffuse.yaml) name,
  /// where no option does.
  ///
  /// - Parameter model: as `--model` names it; nil for none.
  /// - Throws: `ModelError`, `RecipeError` and `FileError`.
  func completed(by model: String?) throws -> RewardOptions {
    guard let model else { return self }
    let location = try ModelLocation(
      resolving: model, environment: ProcessInfo.processInfo.environment)
    guard let settings = try ModelRecipes(folder: location.path).settings() else { return self }
    var options = self
    options.clip = clip ?? settings.text(of: .rewardCLIP)
    options.aestheticHead = aestheticHead ?? settings.text(of: .rewardAestheticHead)
    return options
  }
}
