internal import GRDB

/// Something that happened in a run and is no number of a round.
package struct EventRow: Sendable, Equatable, Codable {
  /// What happened.
  package enum Kind: String, Sendable, Codable, CaseIterable {
    /// Memory ran out and a batch was split; a resume splits it in the same way.
    case batchSplit = "batch-split"
    /// Something that the user should know.
    case warning
    /// The run ended before its last round, and why.
    case stopped
    /// The user interrupted the run.
    case interrupted
    /// The run went on.
    case resumed

    /// Whether a run that nobody interrupted has none of them.
    package var tellsOfInterruption: Bool {
      switch self {
      case .interrupted, .resumed: true
      case .batchSplit, .warning, .stopped: false
      }
    }
  }

  /// The round in which it happened.
  package let round: Int

  /// What happened.
  package let kind: Kind

  /// What else there is to know, as a JSON object in one spelling.
  package let content: String

  /// Something that happened in a round.
  package init(round: Int, _ kind: Kind, _ content: String = "{}") {
    self.round = round
    self.kind = kind
    self.content = content
  }

  /// - Throws: ``Damage`` where the kind is unknown.
  init(_ row: Row) throws {
    let name: String = row["kind"]
    guard let kind = Kind(rawValue: name) else { throw Damage("an event is of an unknown kind") }
    self.kind = kind
    round = row["round"]
    content = row["content"]
  }
}
