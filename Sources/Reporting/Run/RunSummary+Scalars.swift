internal import Imaging

extension RunSummary.Round {
  /// A number of a round under the name that metrics.jsonl has for it.
  package struct Scalar: Sendable, Equatable {
    /// The name, such as `dev_reward`.
    package let name: String
    /// Where TensorBoard shows it, such as `dev/reward`.
    package let tag: String
    /// The number, always finite.
    package let value: Double
  }

  /// Every number that is known and finite, always in the same order.
  package var scalars: [Scalar] {
    let learned: [(String, String, Double?)] = [
      ("reward_mean", "train/reward mean", rewardMean),
      ("reward_best", "train/reward of the best", rewardBest),
      ("reward_selected", "train/reward of the selected", rewardSelected),
      ("reward_spread", "train/reward spread", rewardSpread),
      ("gain_predicted", "train/gain predicted", gainPredicted),
      ("gain_actual", "train/gain actual", gainActual),
      ("samples", "train/samples", samples.map(Double.init)),
      ("excluded", "train/excluded", samples.map { _ in Double(excludedCount) }),
      ("selected", "train/selected", selected.map(Double.init)),
      ("loss", "train/loss", loss),
    ]
    let evaluated: [(String, String, Double?)] = [
      ("dev_reward", "dev/reward", devReward?.value),
      ("dev_reward_error", "dev/reward standard error", devReward?.standardError),
      ("dev_watch", "dev/watched reward", devWatch?.value),
      ("dev_watch_error", "dev/watched reward standard error", devWatch?.standardError),
      ("drift", "drift/noise prediction", drift),
      ("diversity", "dev/diversity", diversity),
      ("mmd", "drift/MMD of embeddings", mmd),
    ]
    let looks: [(String, String, Double?)] = [
      ("brightness", "images/brightness", imageStatistics?.brightness),
      ("contrast", "images/contrast", imageStatistics?.contrast),
      ("saturation", "images/saturation", imageStatistics?.saturation),
      ("edge_density", "images/edge density", imageStatistics?.edgeDensity),
      ("near_black", "images/near-black fraction", imageStatistics?.nearBlackFraction),
      ("colour_entropy", "images/colour entropy", imageStatistics?.colourEntropy),
    ]
    let norms = adapterNorms.map { ("norm_\($0.block)", "adapter/\($0.block)", Optional($0.ratio)) }
    let times = seconds.map { ("seconds_\($0.stage)", "seconds/\($0.stage)", Optional($0.seconds)) }
    return (learned + evaluated + looks + norms + times).compactMap { name, tag, value in
      value.flatMap { $0.isFinite ? Scalar(name: name, tag: tag, value: $0) : nil }
    }
  }
  /// The round's points on TensorBoard's curves.
  ///
  /// - Parameter wallTime: when the round ended, seconds since 1970.
  package func events(wallTime: Double) -> [BoardEvent] {
    scalars.map { BoardEvent($0.tag, step: number, wallTime: wallTime, .scalar($0.value)) }
  }
}
