/// KL-regularised ranking: what a candidate is ranked by when a model shall not leave its base.
///
/// RAFT maximises `E r − β·KL(p_θ ‖ p₀)` by changing the ranking alone: the key of a sample x of the
/// prompt w is `r(w, x) − β·log(p_θ(x|w) / p₀(x|w))`. The loss of the fine-tuning stays as it is.
public enum RegularisedRanking {
  /// The key of a candidate: `score − beta · divergence`.
  ///
  /// - Parameters:
  ///   - score: r, higher is better.
  ///   - divergence: d, an estimate of the log ratio, signed; not used where β is 0.
  ///   - beta: β, from 0 up.
  public static func key(score: Double, divergence: Double, beta: Double) -> Double {
    beta == 0 ? score : score - beta * divergence
  }
}
