/// Why a round cannot be run, or a setting cannot be.
public enum RAFTError: Error, Equatable, CustomStringConvertible {
  /// A spelling that no selection has.
  case unknownSelection(String)

  /// A selection whose value means nothing.
  case selection(String, problem: String)

  /// A setting that cannot be, and what it has to be.
  case setting(String, given: String, needed: String)

  /// More prompts a round than there are.
  case tooManyPrompts(perRound: Int, prompts: Int)

  /// A policy or a reward that answers with another number of things than it was asked for.
  case answers(of: String, given: Int, asked: Int)

  /// A source that gives a sample of another address than it was asked for.
  case wrongSample(given: SampleAddress, asked: SampleAddress)

  /// A round that leaves nothing to learn from.
  case nothingSelected(
    round: Int, candidates: Int, excluded: [String: Int], rejected: [Choice.Reason: Int],
    selection: String)

  /// A distribution that is none.
  case distribution(String)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .unknownSelection(let text):
      "“\(text)” is no selection; there are \(Selection.Strategy.spellings)"
    case .selection(let selection, let problem):
      "the selection \(selection) cannot be: \(problem)"
    case .setting(let name, let given, let needed):
      "\(name): \(given) cannot be; it is \(needed)"
    case .tooManyPrompts(let perRound, let prompts):
      "a round of \(perRound) prompts cannot be drawn from \(prompts); give more prompts, or ask for "
        + "at most \(prompts) a round"
    case .answers(let who, let given, let asked):
      "\(who) gave \(given) answers where \(asked) were asked for; it has to give one each, in order"
    case .wrongSample(let given, let asked):
      "the policy gave the sample \(given) where \(asked) was asked for; it has to answer in order"
    case .nothingSelected(let round, let candidates, let excluded, let rejected, let selection):
      Self.nothing(round, candidates, excluded, rejected, selection)
    case .distribution(let problem):
      problem
    }
  }

  private static func nothing(
    _ round: Int, _ candidates: Int, _ excluded: [String: Int], _ rejected: [Choice.Reason: Int],
    _ selection: String
  ) -> String {
    let byReason = Choice.Reason.allCases.compactMap { reason in
      rejected[reason].map { "\($0) \(reason)" }
    }
    let most = excluded.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    var why = most.prefix(5).map { "\($0.value) × \($0.key)" }
    let rest = most.dropFirst(5).reduce(0) { $0 + $1.value }
    if rest > 0 { why.append("\(rest) × something else") }
    let advice =
      rejected.keys.contains { $0 != .excluded }
      ? "choose a selection that takes more than \(selection)"
      : "look at the samples, the reward and its floors"
    return "round \(round) selected none of its \(candidates) candidates ("
      + byReason.joined(separator: ", ") + ")"
      + (why.isEmpty ? "" : "; excluded for: \(why.joined(separator: "; "))") + "; \(advice)"
  }
}
