public import RAFT

/// Why a policy cannot do what it is asked to.
public enum PolicyError: Error, Equatable, CustomStringConvertible {
  /// A number that makes no sense; the text says which and what does.
  case setting(String)

  /// A round without anything to learn from.
  case noExamples(round: Int)

  /// A candidate that has no sample where one is needed.
  case noSample(SampleAddress, failure: String)

  /// Samples of different sizes.
  case shape(SampleAddress, given: [Int], needed: [Int])

  /// An image whose latents are not finite.
  case notEncoded(String)

  /// A share of examples to preserve, and no such examples.
  case nothingToPreserve

  /// A round that does not follow the one that the training is in.
  case round(Int, current: Int, step: Int, steps: Int)

  /// A state of more steps than a round has.
  case state(step: Int, steps: Int)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .setting(let text): text
    case .noExamples(let round):
      "round \(round) has no examples to learn from; loosen the selection, or sample more"
    case .noSample(let address, let failure):
      "sample \(address) cannot be learned from or compared, because there is none: \(failure)"
    case .shape(let address, let given, let needed):
      "the latents of sample \(address) have the shape \(given), but this run needs \(needed); "
        + "they are of another size or model"
    case .notEncoded(let name):
      "the latents of \(name) became NaN or infinite; compute in fp32"
    case .nothingToPreserve:
      "a share of the examples is to preserve what the base makes, but there are no samples of the base; "
        + "give some, or set the share to 0"
    case .round(let round, let current, let step, let steps):
      step < steps
        ? "round \(round) cannot be learned now: the training is at step \(step) of \(steps) of round \(current); "
          + "finish that round first"
        : "round \(round) cannot be learned again: the training has finished round \(current); "
          + "go on with a later one, or from an earlier checkpoint"
    case .state(let step, let steps):
      "the training's state is at step \(step) of its round, but a round has \(steps) steps; "
        + "it is of another training"
    }
  }
}
