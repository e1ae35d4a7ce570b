package import RAFT
package import Recipes

/// How stored samples are selected from anew.
package struct RerankSettings: Sendable, Equatable {
  /// Which of them are learned from.
  package var selection: Selection

  /// K: the first so many samples of each prompt.
  package var samplesPerPrompt: Int

  /// β of the ranking key, reward − β·d.
  package var beta: Double

  /// As a recipe says.
  package init(_ recipe: Recipe) {
    selection = recipe.selection
    samplesPerPrompt = recipe.rounds.samplesPerPrompt
    beta = recipe.rounds.beta
  }

  /// Refuses what cannot be.
  ///
  /// - Parameter recipe: the run's own, which says how many samples there are.
  /// - Throws: ``RerankError/tooMany(samplesPerPrompt:made:)`` and `RAFTError`.
  func validate(against recipe: Recipe) throws {
    let made = recipe.rounds.samplesPerPrompt
    guard samplesPerPrompt <= made else {
      throw RerankError.tooMany(samplesPerPrompt: samplesPerPrompt, made: made)
    }
    try RAFTSettings(samplesPerPrompt: samplesPerPrompt, selection: selection, beta: beta)
      .validate()
  }
}
