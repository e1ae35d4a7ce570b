package import Reporting

extension Estimate {
  /// The mean over prompts of the mean of each prompt's values, with its standard error: prompts
  /// count alike, however many of their images have a score.
  ///
  /// - Parameter values: by prompt; nil for images without one.
  /// - Returns: nil where no image has a value.
  package static func mean(ofPrompts values: [[Double?]]) -> Estimate? {
    let means = values.map { $0.compactMap(\.self) }.filter { !$0.isEmpty }
      .map { $0.reduce(0, +) / Double($0.count) }
    guard !means.isEmpty else { return nil }
    let mean = means.reduce(0, +) / Double(means.count)
    let square = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let error =
      means.count > 1
      ? (square / Double(means.count - 1) / Double(means.count)).squareRoot() : nil
    return Estimate(mean, standardError: error, prompts: means.count)
  }
}
