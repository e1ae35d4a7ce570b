/// A training whose numbers are no numbers any more.
public struct TrainingDivergence: Error, Equatable, CustomStringConvertible {
  /// The step, counted from 0.
  public let step: Int

  /// The prompts of its batch; none where it shows only when the training is saved.
  public let prompts: [String]

  /// What was found.
  public let what: String

  /// What is wrong, where, and what to do.
  public var description: String {
    let distinct = Set(prompts).sorted()
    let shown = distinct.prefix(4).map { "“\($0)”" }.joined(separator: ", ")
    let rest = distinct.count > 4 ? " and \(distinct.count - 4) more" : ""
    return "in step \(step + 1) \(what)"
      + (distinct.isEmpty ? ". " : "; the examples were \(shown)\(rest). ")
      + "Lower the learning rate, clip the gradients, or check the examples"
  }
}
