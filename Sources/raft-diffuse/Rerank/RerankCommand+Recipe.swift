internal import CLIPReward
internal import ExitStatuses
internal import Files
internal import Foundation
internal import RAFT
internal import Recipes

extension RerankCommand {
  /// What the options change in the run's recipe.
  ///
  /// - Parameter recipe: the run's own.
  /// - Throws: `RecipeError`, `MixingError`, `CommandError`.
  func changes(of recipe: Recipe) throws -> RecipeLayer {
    var layer = RecipeLayer(folder: FileManager.default.currentDirectoryPath)
    if !reward.texts.isEmpty {
      // These speak of the rewards that are replaced.
      try layer.set(.rewardFloors, to: RecipeValue.texts([]), by: "--reward")
      try layer.set(.rewardMix, to: RecipeValue.none, by: "--reward")
      try layer.set(.rewardPer, to: RecipeValue.none, by: "--reward")
    }
    try reward.set(in: &layer)
    let terms = reward.texts.isEmpty ? recipe.reward.terms : reward.texts
    try layer.set(.rewardTerms, to: weighted(terms), by: "--weight")
    try layer.set(.select, to: selection.select, by: "--select")
    try layer.set(.roundsSamples, to: selection.samplesPerPrompt, by: "--samples-per-prompt")
    try layer.set(.roundsBeta, to: selection.beta, by: "--beta")
    return layer
  }

  /// `terms` with the weights of `--weight` written into them, as recipes have them.
  private func weighted(_ terms: [String]) throws -> [String] {
    let weights = try weight.map { try WeightAssignment(parsing: $0) }
    let known = try terms.map { try RewardTerm(parsing: $0) }
    for weight in weights where !known.contains(where: { $0.name == weight.component }) {
      throw MixingError.unknownComponent(
        weight.component, option: "--weight", known: known.map(\.name))
    }
    return try zip(terms, known).map { text, term in
      guard let weight = weights.last(where: { $0.component == term.name })?.weight else {
        return text
      }
      guard case .builtIn(let source) = term.source else {
        throw CommandError(
          status: .usage,
          description: "a recipe holds no weight of another program's score, such as "
            + "\(term.name.printable): give the others theirs")
      }
      return "\(term.name == source ? "" : "\(term.name)=")\(source):\(weight)"
    }
  }
}
