internal import Files
internal import RAFT
internal import RunStore

/// How a round's requests are cut into batches: evenly, but for those that were halved because a
/// device's memory was full.
struct BatchPlan {
  /// The requests of each batch.
  private(set) var ranges: [Range<Int>]

  private let first: SampleAddress
  private let ledger: RunLedger

  /// The batches of `count` requests, `size` each, halved where the ledger tells it.
  ///
  /// - Parameter first: the first request.
  init(_ count: Int, _ size: Int, _ first: SampleAddress, _ ledger: RunLedger) throws {
    self.first = first
    self.ledger = ledger
    ranges = stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
    for event in try ledger.events(.batchSplit) where event.round == first.round {
      let content = try JSONValue(parsing: Array(event.content.utf8))
      guard content["split"]?.string == first.split.rawValue,
        case .integer(let start)? = content["first"], case .integer(let count)? = content["count"]
      else { continue }
      if let number = ranges.firstIndex(of: start..<start + count) { halve(number) }
    }
  }

  /// Halves a batch and writes that down.
  mutating func split(_ number: Int) throws {
    try ledger.record(
      event: EventRow(
        round: first.round, .batchSplit,
        "{\"count\":\(ranges[number].count),\"first\":\(ranges[number].lowerBound),"
          + "\"split\":\"\(first.split.rawValue)\"}"))
    halve(number)
  }

  private mutating func halve(_ number: Int) {
    guard ranges.indices.contains(number), ranges[number].count > 1 else { return }
    let range = ranges[number]
    let middle = range.lowerBound + (range.count + 1) / 2
    ranges.replaceSubrange(
      number...number, with: [range.lowerBound..<middle, middle..<range.upperBound])
  }
}
