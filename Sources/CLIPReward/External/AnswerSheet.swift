internal import Files

/// The requests of a batch, and what has been answered so far.
struct AnswerSheet {
  /// The requests' ids, in the order in which they were sent.
  let ids: [String]

  /// The outcomes by id.
  private(set) var outcomes: [String: RewardOutcome] = [:]

  /// Those that were answered without an id; they are believed when the batch is whole.
  private var answeredInOrder: Set<String> = []

  /// Whether an answer had no id, whether or not it is believed.
  private(set) var isInOrder = false

  private let reward: String

  /// A sheet without answers.
  init(_ ids: [String], reward: String) {
    self.ids = ids
    self.reward = reward
  }

  /// Whether every request is answered.
  var isComplete: Bool { outcomes.count == ids.count }

  /// Such as `2 of 5 images`.
  var progress: String {
    "\(outcomes.count) of \(ids.count) \(ids.count == 1 ? "image" : "images")"
  }

  /// Enters the answer in `line`.
  ///
  /// - Throws: ``ServiceFailure`` where it is none, or answers what was not asked.
  mutating func enter(line: [UInt8]) throws {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: line, acceptsNonFinite: true)
    } catch {
      throw ServiceFailure(
        reason:
          "the \(reward) reward answered what is no JSON (\(error)): \(Self.quoted(line)); "
          + "only answers may go to its standard output, anything else to standard error",
        mayPass: true)
    }
    try enter(value) { Self.quoted(line) }
  }

  /// Enters an answer; `shown` gives what messages quote.
  mutating func enter(_ value: JSONValue, shown: () throws -> String) throws {
    let answer: RewardAnswer
    do {
      answer = try RewardAnswer(value, from: reward)
    } catch .noObject {
      throw failure("answered what is no JSON object: \(try shown())")
    } catch .badID {
      throw failure("answered with an id that is no text: \(try shown())")
    } catch .saysNothing {
      throw failure("answered with neither id nor score nor error: \(try shown())")
    }
    let id = try answer.id ?? nextOpen(shown)
    guard ids.contains(id) else {
      throw failure(
        "answered for the id \(id.printable), which it was not asked for: \(try shown())")
    }
    guard outcomes[id] == nil else {
      throw failure("answered twice for the id \(id.printable): \(try shown())")
    }
    outcomes[id] = answer.outcome
    if answer.id == nil {
      answeredInOrder.insert(id)
      isInOrder = true
    }
  }

  /// Takes back what was answered without an id: where there were more or fewer answers than
  /// requests, nobody knows which image an answer was for.
  mutating func distrustOrder() {
    for id in answeredInOrder { outcomes[id] = nil }
    answeredInOrder = []
  }

  /// Takes over what `other`, a sheet of some of these requests, holds.
  mutating func take(_ other: AnswerSheet) {
    outcomes.merge(other.outcomes) { _, new in new }
  }

  private func nextOpen(_ shown: () throws -> String) throws -> String {
    guard let id = ids.first(where: { outcomes[$0] == nil }) else {
      throw failure("answered more often than it was asked: \(try shown())")
    }
    return id
  }

  private func failure(_ what: String) -> ServiceFailure {
    ServiceFailure(reason: "the \(reward) reward \(what)", mayPass: true)
  }

  /// The beginning of a line, fit for a message.
  static func quoted(_ line: [UInt8]) -> String {
    let text = String(decoding: line.prefix(240), as: UTF8.self).printable
    return line.count > 240 && !text.hasSuffix("…") ? "“\(text)…”" : "“\(text)”"
  }
}
