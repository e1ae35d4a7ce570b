/// Why stored samples cannot be ranked anew.
package enum RerankError: Error, Equatable, CustomStringConvertible {
  /// The run has no samples of that round; those that it has.
  case noRound(Int, run: String, sampled: [Int])

  /// No round of the run has been sampled as a whole.
  case noSamples(run: String)

  /// More samples of each prompt than the run made.
  case tooMany(samplesPerPrompt: Int, made: Int)

  /// The run's own scores were asked for, and it has not scored them all.
  case notScored(round: Int, missing: Int)

  /// The divergences that β multiplies are not known.
  case noDivergences(round: Int, missing: Int)

  /// The user asked to stop.
  case interrupted

  /// What is wrong, where, and what to do.
  package var description: String {
    switch self {
    case .noRound(let round, let run, let sampled):
      "\(run) has not sampled round \(round); it has sampled "
        + "\(sampled.map(String.init).joined(separator: ", ")): name one of these, or all"
    case .noSamples(let run):
      "\(run) has not sampled a whole round yet; go on with it by align --resume"
    case .tooMany(let asked, let made):
      "the run made \(made) samples of each prompt, and \(asked) are asked for; ask for at most "
        + "\(made)"
    case .notScored(let round, let missing):
      "\(missing) samples of round \(round) have no score of the run's own; say what scores them, "
        + "or go on with the run by align --resume"
    case .noDivergences(let round, let missing):
      "the run did not measure how far the model had moved at \(missing) samples of round \(round), "
        + "which β multiplies: only runs that rank with β do; leave β at 0, or rank round 1 alone, "
        + "where nothing has moved"
    case .interrupted: "stopped as you asked; nothing was changed"
    }
  }
}
