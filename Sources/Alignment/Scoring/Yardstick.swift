internal import CLIPReward

/// One scale for the scores of all rounds.
///
/// z-scores and ranks are relative to the images that they were made with: their mean over a round
/// is always 0. To compare rounds, each component is measured in standard deviations from its mean
/// over the base's own images instead. A reward that is taken as it is stays as it is.
package struct Yardstick {
  /// A component's weight, and its mean and standard deviation over the base's images.
  private struct Scale {
    let weight: Double
    let mean: Double
    let deviation: Double
  }

  private let scales: [Scale]

  /// - Parameters:
  ///   - judge: what scores.
  ///   - base: the scores of the base's images, component by component; nil for those without one.
  package init(_ judge: Judge, base: [[Double?]]) {
    guard let mixture = judge.mixture else {
      scales = [Scale(weight: 1, mean: 0, deviation: 1)]
      return
    }
    scales = zip(mixture.components, base).map { component, scores in
      let known = scores.compactMap(\.self)
      guard mixture.scale != .raw, !known.isEmpty else {
        return Scale(weight: component.weight, mean: 0, deviation: 1)
      }
      let mean = known.reduce(0, +) / Double(known.count)
      let square = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(known.count)
      // A component that never differs tells nothing.
      return Scale(
        weight: square > 0 ? component.weight : 0, mean: mean,
        deviation: square > 0 ? square.squareRoot() : 1)
    }
  }

  /// An image's value, from its score by each component; nil where one that counts is missing.
  package func value(_ scores: [Double?]) -> Double? {
    var sum = 0.0
    for (scale, score) in zip(scales, scores) where scale.weight != 0 {
      guard let score else { return nil }
      sum += scale.weight * (score - scale.mean) / scale.deviation
    }
    return sum
  }
}
