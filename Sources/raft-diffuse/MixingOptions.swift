public import ArgumentParser
public import CLIPReward

/// How the scores of several rewards become one.
struct MixingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What a reward counts, as in clip=0.5; negative to prefer low scores.",
      valueName: "name=number"))
  var weight: [String] = []

  @Option(
    help: ArgumentHelp(
      "What several rewards are put on one scale by: z (by default), rank, or raw for a plain sum.",
      valueName: "scale"))
  var mix: ScoreScale?

  @Option(
    help: ArgumentHelp(
      "Whether z-scores and ranks are taken within a prompt's images or over all: prompt or round.",
      valueName: "scope"))
  var per: ScoreScope?

  @Option(
    help: ArgumentHelp(
      """
      Leave out images below a score: 'clip>=0.2', 'clip>=median', or 'clip>=median:FILE' with earlier \
      --json results.
      """, valueName: "floor"))
  var floor: [String] = []

  /// The plan for `terms`.
  ///
  /// - Throws: `MixingError`.
  func plan(for terms: [RewardTerm], defaultScope: ScoreScope) throws -> MixturePlan {
    try MixturePlan(
      terms: terms, weights: weight.map { try WeightAssignment(parsing: $0) }, scale: mix,
      scope: per, defaultScope: defaultScope, floors: floor.map { try ScoreFloor(parsing: $0) })
  }
}

extension ScoreScale: ExpressibleByArgument {}
extension ScoreScope: ExpressibleByArgument {}
