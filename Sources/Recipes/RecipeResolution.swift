internal import RAFT

/// The recipe that several sources make together, with what was decided on the way.
package struct RecipeResolution: Sendable {
  /// The recipe, every prompt spelt out and every path from the root.
  package let recipe: Recipe

  /// What was decided beyond the settings, a sentence each.
  package let notes: [String]

  /// Where each setting comes from; what is missing is as it is by default.
  package let places: [RecipeKey: String]

  /// The recipe of `layers`, of which later ones win key by key: a model folder's, a recipe's, the
  /// command line's.
  ///
  /// - Throws: ``RecipeError`` and ``PromptFileError``.
  package init(of layers: [RecipeLayer]) throws {
    let winners = Self.winners(of: layers)
    let places = winners.reduce(into: [RecipeKey: String]()) {
      $0[$1.key] = layers[$1.value].settings[$1.key]?.place
    }

    var recipe = Recipe()
    for key in RecipeKey.allCases where key.split == nil {
      guard let winner = winners[key], let value = layers[winner].value(of: key) else { continue }
      guard key.binding.read(value, &recipe) else {
        throw RecipeError.wrongValue(
          value.shown, key: key.rawValue, place: places[key] ?? key.rawValue,
          expected: key.binding.expected)
      }
    }
    if var watch = recipe.watch {
      watch.clip = watch.clip ?? recipe.reward.clip
      watch.aestheticHead = watch.aestheticHead ?? recipe.reward.aestheticHead
      recipe.watch = watch
    }

    var splits = PromptSplits()
    for key in RecipeKey.allCases {
      guard let split = key.split, let winner = winners[key],
        let setting = layers[winner].settings[key], case .prompts(let source) = setting.value
      else { continue }
      splits.add(
        try source.prompts(in: layers[winner].folder, place: setting.place), to: split,
        place: setting.place, layer: winner)
    }
    try splits.resolve(seeds: RunSeeds(run: recipe.seed))
    recipe.prompts.train = splits[.train]
    recipe.prompts.dev = splits[.dev]
    recipe.prompts.test = splits[.test]
    try recipe.validate(places: places)
    (self.recipe, self.notes, self.places) = (recipe, splits.notes, places)
  }

  /// The layer that gives each key, the last one that does.
  private static func winners(of layers: [RecipeLayer]) -> [RecipeKey: Int] {
    var winners: [RecipeKey: Int] = [:]
    for (index, layer) in layers.enumerated() {
      for key in layer.settings.keys { winners[key] = index }
    }
    // Where nothing is watched, nulls and what earlier layers said of it have no meaning.
    guard let terms = winners[.watchTerms], layers[terms].value(of: .watchTerms) == RecipeValue.none
    else { return winners }
    return winners.filter { key, index in
      key.section != RecipeKey.watchTerms.section
        || index >= terms && layers[index].value(of: key) != RecipeValue.none
    }
  }
}
