internal import RAFT
package import Recipes
package import Reporting
internal import RunStore

/// What is reported: the test prompts, which nothing was learned from or decided by, sampled with
/// the base, with the best round's adapter and with the control arm's.
package struct TestEvaluation {
  private let recipe: Recipe

  /// The test that `recipe` asks for.
  package init(recipe: Recipe) {
    self.recipe = recipe
  }

  /// A model that the test prompts were sampled with.
  package struct Arm {
    let role: RunSummary.Arm.Role
    let name: String
    let images: EvaluatedImages

    /// The images that a model made of the test prompts.
    package init(role: RunSummary.Arm.Role, name: String, images: EvaluatedImages) {
      self.role = role
      self.name = name
      self.images = images
    }
  }

  /// The paired differences, in which the base comes first.
  ///
  /// - Parameter arms: the base first.
  package func result(of arms: [Arm]) -> RunSummary.Test? {
    guard let base = arms.first, !base.images.rows.isEmpty else { return nil }
    var comparisons: [(arm: Int, RunSummary.Comparison)] = []
    for (place, arm) in arms.enumerated() {
      for other in arms[..<place] {
        comparisons.append((place, comparison(of: arm, to: other)))
      }
    }
    let adjusted = Holm.adjusted(comparisons.map { $0.1.probability ?? 1 })
    for place in comparisons.indices { comparisons[place].1.probability = adjusted[place] }
    var results = arms.enumerated().map { place, arm in
      RunSummary.Arm(
        arm.role, arm.name, reward: .mean(ofPrompts: arm.images.byPrompt(arm.images.rewards)),
        watch: .mean(ofPrompts: arm.images.byPrompt(arm.images.watched)),
        comparisons: comparisons.filter { $0.arm == place }.map(\.1))
    }
    if let best = bestOfN(base) { results.append(best) }
    return RunSummary.Test(
      prompts: recipe.prompts.test.count, seeds: recipe.evaluating.testImages, arms: results)
  }

  private func comparison(of arm: Arm, to other: Arm) -> RunSummary.Comparison {
    let pairs = zip(
      arm.images.byPrompt(arm.images.rewards), other.images.byPrompt(other.images.rewards)
    ).map { zip($0, $1).map { ScorePair(arm: $0, base: $1) } }
    let comparison = PairedComparison(
      PairedDifferences(pairs), bootstrap: BootstrapInterval(seed: recipe.seed))
    var result = RunSummary.Comparison(
      to: other.name, other.role,
      Estimate(
        comparison.difference ?? .nan, interval: comparison.interval.range,
        prompts: comparison.prompts),
      probability: comparison.test.p, winRate: comparison.wins.rate,
      intervalNote: comparison.interval.absence.map { "\($0)" })
    result.droppedPairs = comparison.droppedPairs
    return result
  }

  /// What choosing the best of as many images of the base as there are seeds gives, without any
  /// training.
  private func bestOfN(_ base: Arm) -> RunSummary.Arm? {
    let count = recipe.evaluating.testImages
    guard count > 1 else { return nil }
    let best = base.images.byPrompt(base.images.rewards).map { rewards in
      [rewards.compactMap(\.self).max()]
    }
    return RunSummary.Arm(
      .bestOfN, "best of \(count) of the base", reward: .mean(ofPrompts: best))
  }
}
