internal import Files

/// What an external reward answers about one image (docs/rewards.md).
struct RewardAnswer: Equatable {
  /// The request that it answers; nil where the reward answers in the order of the requests.
  let id: String?

  /// The score, or the reason why the reward gives none.
  let outcome: RewardOutcome

  /// Why a value is no answer.
  enum Flaw: Error {
    /// It is no JSON object.
    case noObject
    /// Its id is neither a text nor a whole number.
    case badID
    /// It has neither id nor score nor error, so that it says nothing about any image.
    case saysNothing
  }

  /// Reads an answer.
  ///
  /// - Parameter reward: what reasons call the reward.
  init(_ value: JSONValue, from reward: String) throws(Flaw) {
    guard case .object = value else { throw .noObject }
    switch value["id"] {
    case nil:
      guard value["score"] != nil || value["error"]?.isNull == false else { throw .saysNothing }
      id = nil
    case .string(let text)?: id = text
    case .integer(let number)?: id = String(number)
    case .number(let number)?:
      guard let whole = Int(exactly: number) else { throw .badID }
      id = String(whole)
    default: throw .badID
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
