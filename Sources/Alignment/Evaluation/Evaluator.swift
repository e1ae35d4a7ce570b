internal import RAFT
internal import Recipes
package import RunStore

/// Images that decide or report, as the model makes them after a round, and their scores.
package struct EvaluatedImages {
  /// The images, by prompt and seed.
  let rows: [SampleRow]

  /// Their rewards on the yardstick of the base; nil for those without one.
  let rewards: [Double?]

  /// The same of the reward that is watched; nil for all where nothing is.
  let watched: [Double?]

  /// Their embeddings; nil for those without one.
  let embeddings: [[Float]?]

  /// Images of what a split was sampled with, and what was found out about each.
  package init(
    rows: [SampleRow], rewards: [Double?], watched: [Double?], embeddings: [[Float]?]
  ) {
    self.rows = rows
    self.rewards = rewards
    self.watched = watched
    self.embeddings = embeddings
  }

  /// The embeddings that there are.
  var known: [[Float]] { embeddings.compactMap(\.self) }

  /// `values` by prompt.
  func byPrompt<Value>(_ values: [Value]) -> [[Value]] {
    Dictionary(grouping: rows.indices, by: { rows[$0].address.prompt })
      .sorted { $0.key < $1.key }.map { $0.value.map { values[$0] } }
  }
}

/// Samples and scores the images that decide and report, each once.
struct Evaluator {
  let recipe: Recipe
  let seeds: RunSeeds
  let maker: ImageMaker
  let scorer: Scorer

  /// The images of a split as the model makes them after a round.
  func images(_ split: Split, after round: Int) throws -> EvaluatedImages {
    let rows = try rows(split, after: round)
    let base = round == 0 ? rows : try self.rows(split, after: 0)
    return EvaluatedImages(
      rows: rows, rewards: try values(of: rows, base: base, in: .reward),
      watched: try values(of: rows, base: base, in: .watch),
      embeddings: try scorer.embeddings(of: rows))
  }

  private func rows(_ split: Split, after round: Int) throws -> [SampleRow] {
    let (prompts, count) =
      split == .test
      ? (recipe.prompts.test, recipe.evaluating.testImages)
      : (recipe.prompts.dev, recipe.evaluating.devImages)
    let requests = SampleRequest.requests(
      count, of: prompts, at: prompts.indices, split: split, round: round, seeds: seeds)
    return try maker.evaluated(requests, after: round)
  }

  /// The embeddings of a split's images, without scores; nil for those without one.
  func embeddings(_ split: Split, after round: Int) throws -> [[Float]?] {
    let rows = try rows(split, after: round)
    try scorer.embed(rows)
    return try scorer.embeddings(of: rows)
  }

  /// Rewards on one scale for all rounds.
  private func values(of rows: [SampleRow], base: [SampleRow], in role: Scorer.Role) throws
    -> [Double?]
  {
    guard let judge = scorer.judge(role) else { return rows.map { _ in nil } }
    _ = try scorer.judgements(of: base, in: role)
    let judgements = try scorer.judgements(of: rows, in: role)
    let yardstick = Yardstick(judge, base: try scorer.components(of: base, in: role))
    let components = try scorer.components(of: rows, in: role)
    return rows.indices.map { place in
      // What was refused has no score on any scale.
      judgements[place].score == nil ? nil : yardstick.value(components.map { $0[place] })
    }
  }
}
