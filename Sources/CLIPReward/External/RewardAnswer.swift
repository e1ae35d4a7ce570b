internal import Files

/// What an external reward answers about one image (docs/rewards.md).
struct RewardAnswer: Equatable {
  /// The request that it answers; nil where the reward answers in the order of the requests.
  let id: String?

  /// The score, or the reason why the reward gives none.
  let outcome: RewardOutcome

  /// Reads an answer; nil where `value` is no object.
  ///
  /// - Parameter reward: what reasons call the reward.
  init?(_ value: JSONValue, from reward: String) {
    guard case .object = value else { return nil }
    switch value["id"] {
    case .string(let text)?: id = text
    case .integer(let number)?: id = String(number)
    default: id = nil
    }
    outcome = Self.outcome(value, from: reward)
  }

  private static func outcome(_ value: JSONValue, from reward: String) -> RewardOutcome {
    if let error = value["error"], !error.isNull {
      let text = error.string ?? error.text
      return .excluded(.failed("the \(reward) reward says: \(text.printable)"))
    }
    switch value["score"] {
    case nil: return .excluded(.failed("the \(reward) reward answers without a score"))
    case .integer(let score)?: return .score(Double(score), details: details(value["extras"]))
    case .number(let score)?:
      guard score.isFinite else { return .excluded(.notFinite(reward: reward)) }
      return .score(score, details: details(value["extras"]))
    case let other?:
      return .excluded(
        .failed("the \(reward) reward answers the score \(other.text.printable), not a number"))
    }
  }

  /// The extras that are finite numbers; the others say nothing that can be compared.
  private static func details(_ extras: JSONValue?) -> [String: Double] {
    guard case .object(let members)? = extras else { return [:] }
    let numbers = members.compactMap { member in
      member.value.number.flatMap { $0.isFinite ? (member.key, $0) : nil }
    }
    return Dictionary(numbers) { _, last in last }
  }
}
