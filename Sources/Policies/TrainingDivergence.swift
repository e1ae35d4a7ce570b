/// A training whose numbers are no numbers any more.
public struct TrainingDivergence: Error, Equatable, CustomStringConvertible {
  /// The step, counted from 0.
  public let step: Int

  /// The prompts of its batch.
  public let prompts: [String]

  /// What was found.
  public let what: String

  /// What is wrong, where, and what to do.
  public var description: String {
    let shown = Set(prompts).sorted().prefix(4).map { "“\($0)”" }.joined(separator: ", ")
    let rest = Set(prompts).count - 4
    return
      "in step \(step + 1) \(what); the examples were \(shown)\(rest > 0 ? " and \(rest) more" : ""). "
      + "The adapter is as it was before that step. Lower the learning rate, clip the gradients, or check the examples"
  }
}
