/// All that is said of an arm beside the base, by one metric.
public struct PairedComparison: Sendable, Equatable, Codable {
  /// Pairs of images that both have a score.
  public let pairs: Int

  /// Prompts with such a pair.
  public let prompts: Int

  /// Pairs that were dropped because a score is missing.
  public let droppedPairs: Int

  /// The arm's mean over the pairs, each prompt counting the same; nil where there is no pair.
  public let armMean: Double?

  /// The base's, likewise.
  public let baseMean: Double?

  /// The arm's mean less the base's; nil where there is no pair.
  public let difference: Double?

  /// An interval for it.
  public let interval: BootstrapInterval.Estimate

  /// How the interval was made.
  public let bootstrap: BootstrapInterval

  /// Whether it could be chance.
  public let test: SignFlipTest

  /// How often the arm's image is the better one.
  public let wins: WinRate

  /// What the differences vary by; nil for fewer than two prompts.
  public let components: VarianceComponents?

  /// What it takes to find the effect that was asked for, or else the one that was found; nil for
  /// fewer than two prompts.
  public let needed: NeededSamples?

  /// What `differences` say.
  ///
  /// - Parameters:
  ///   - effect: the mean difference that is worth finding; nil for the one that was found.
  ///   - bootstrap: how the interval is made.
  public init(
    _ differences: PairedDifferences, effect: Double? = nil,
    bootstrap: BootstrapInterval = BootstrapInterval()
  ) {
    let means = differences.promptMeans
    pairs = differences.pairCount
    prompts = means.count
    droppedPairs = differences.droppedPairs
    armMean = differences.armMean
    baseMean = differences.baseMean
    difference = differences.mean
    interval = bootstrap.estimate(from: means)
    self.bootstrap = bootstrap
    test = SignFlipTest(means, seed: bootstrap.seed)
    wins = WinRate(differences.differences.joined())
    let components = VarianceComponents(differences.differences)
    self.components = components
    let target = effect ?? differences.mean ?? 0
    needed = components.map { NeededSamples(effect: target, $0, promptCount: means.count) }
  }
}
