/// What differences vary by: from prompt to prompt, and from seed to seed within one.
///
/// One-way random effects, `d_ij = μ + a_i + e_ij`, by the analysis of variance: with the mean
/// squares between (B) and within (W) prompts, `σ²_e = W` and `σ²_a = max(0, (B − W)/n₀)`, where
/// `n₀ = (N − Σ n_i²/N)/(k − 1)` for k prompts of n_i seeds, N in all (Searle, Casella & McCulloch,
/// 1992, §3.6).
public struct VarianceComponents: Sendable, Equatable, Codable {
  /// σ²_a, of prompts' true mean differences. Where no prompt has two seeds, the whole variance of
  /// the prompts' differences, seeds and all.
  public let prompt: Double

  /// σ²_e, of seeds within a prompt; nil where no prompt has two seeds.
  public let seed: Double?

  /// The seeds of a prompt: n₀, their number where all have as many.
  public let seedsPerPrompt: Double

  /// The components of differences by prompt; nil for fewer than two prompts.
  public init?(_ differences: [[Double]]) {
    let groups = differences.filter { !$0.isEmpty }
    guard groups.count > 1 else { return nil }
    let all = groups.flatMap { $0 }
    let (k, total) = (Double(groups.count), Double(all.count))
    let grand = all.mean
    let between = groups.reduce(0) { sum, group in
      let distance = group.mean - grand
      return sum + Double(group.count) * distance * distance
    }
    let meanBetween = between / (k - 1)
    let sizes = groups.reduce(0) { $0 + Double($1.count * $1.count) }
    seedsPerPrompt = (total - sizes / total) / (k - 1)
    guard all.count > groups.count else {
      (prompt, seed) = (meanBetween, nil)
      return
    }
    let within = groups.reduce(0) { $0 + $1.squares } / (total - k)
    (prompt, seed) = (max((meanBetween - within) / seedsPerPrompt, 0), within)
  }

  /// The variance of a prompt's mean difference over `seeds` seeds.
  ///
  /// - Parameter seeds: taken as what there was where the seeds' part is not known.
  func variance(seeds: Double) -> Double { prompt + (seed ?? 0) / seeds }
}
