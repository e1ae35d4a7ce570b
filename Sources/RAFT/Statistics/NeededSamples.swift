/// What it takes to find an effect in four of five comparisons: 80 % power at α = 0.05, two-sided.
///
/// `n = (z₀.₉₇₅ + z₀.₈)² σ²/δ² + z²₀.₉₇₅/2` prompts (Guenther, 1981), with the variance of a prompt's
/// mean difference, `σ² = σ²_a + σ²_e/seeds`.
public struct NeededSamples: Sendable, Equatable, Codable {
  /// How many of one thing, the other left as it is.
  public enum Need: Sendable, Equatable, Codable {
    /// So many in all, and how many of them are still to be made; 0 where there are enough.
    case total(Int, more: Int)
    /// No number is enough: the prompts' own variance is too large for so few prompts, or there is
    /// no effect to find.
    case notReachable
    /// Prompts have one seed each, which does not tell how much seeds vary.
    case unknown
  }

  /// The effect that is to be found, above 0; 0 for none.
  public let effect: Double

  /// Prompts, with as many seeds of each as now.
  public let prompts: Need

  /// Seeds of each prompt, with the prompts of now.
  public let seeds: Need

  /// What is needed to find a mean difference of `effect`, of either sign.
  ///
  /// - Parameters:
  ///   - components: what differences vary by.
  ///   - promptCount: the prompts that there are.
  public init(effect: Double, _ components: VarianceComponents, promptCount: Int) {
    let size = effect.magnitude
    self.effect = size
    guard size > 0, size.isFinite else {
      (prompts, seeds) = (.notReachable, .notReachable)
      return
    }
    let now = components.seedsPerPrompt
    let variance = components.variance(seeds: now)
    prompts = Self.need(
      Self.square * variance / (size * size) + Self.correction,
      atLeast: BootstrapInterval.fewestPrompts, have: promptCount)
    guard let seedVariance = components.seed else {
      seeds = .unknown
      return
    }
    // What is left of the variance that so many prompts can bear.
    let bearable = (Double(promptCount) - Self.correction) * size * size / Self.square
    let room = bearable - components.prompt
    guard promptCount >= BootstrapInterval.fewestPrompts, room >= 0, seedVariance == 0 || room > 0
    else {
      seeds = .notReachable
      return
    }
    seeds = Self.need(
      seedVariance == 0 ? 1 : seedVariance / room, atLeast: 1, have: Int(now.rounded()))
  }

  /// (z₀.₉₇₅ + z₀.₈)².
  private static let square = 7.848_879_734_349_09

  /// z²₀.₉₇₅/2, what a t test needs beyond a normal one.
  private static let correction = 1.920_729_410_347_06

  private static func need(_ number: Double, atLeast least: Int, have: Int) -> Need {
    // Beyond any set of prompts or seeds that could be made.
    guard number < 1e9 else { return .notReachable }
    let total = max(Int(number.rounded(.up)), least)
    return .total(total, more: max(total - have, 0))
  }
}
