internal import ArgumentParser
internal import Diffusion
internal import Files
internal import Foundation
internal import Recipes

/// What a run's recipe is made of, below the options: the settings of the model's folder, and above
/// them the recipe, the model's own of that name before the one that comes with the program.
struct RecipeSources {
  /// Later ones win.
  let layers: [RecipeLayer]

  /// The model that comes with the program and was taken since nothing names one; nil where
  /// something does.
  let defaultModel: String?

  /// The name of the recipe where it is the program's, not the model's own and no file that was named.
  let programRecipe: String?

  /// - Parameters:
  ///   - recipe: what `--recipe` names; nil for none.
  ///   - model: what `--model` names; nil to take the recipe's, or else the program's own.
  /// - Throws: `ValidationError` where nothing says which model, `ModelError`, `RecipeError` and
  ///   `FileError`.
  init(recipe: String?, model: String?, catalog: RecipeCatalog, installed: InstalledModels) throws {
    let known = try recipe.flatMap { recipe in
      let isThere = try RecipeCatalog.isPath(recipe) || catalog.names().contains(recipe)
      return isThere ? try RecipeLayer(file: catalog.file(of: recipe)) : nil
    }
    let named = model ?? known?.text(of: .model)
    let name = try named ?? installed.defaultName()
    defaultModel = named == nil ? name : nil
    let location = try ModelLocation(
      resolving: name, environment: ProcessInfo.processInfo.environment)
    let own = ModelRecipes(folder: location.path)
    var layers = [RecipeLayer(folder: FileManager.default.currentDirectoryPath)]
    try layers[0].set(.model, to: defaultModel, by: "the model that comes with the program")
    if let settings = try own.settings() { layers.append(settings) }
    var programRecipe: String?
    if let recipe {
      let ownRecipe = try own.recipe(named: recipe)
      if ownRecipe == nil, !RecipeCatalog.isPath(recipe) { programRecipe = recipe }
      guard let layer = ownRecipe ?? known else {
        throw try catalog.unknown(recipe, besides: own.names())
      }
      layers.append(layer)
    }
    (self.layers, self.programRecipe) = (layers, programRecipe)
  }
}
