/// Which prompts each round samples, of a larger set.
///
/// The set is walked through once in an order of its own, then again in another: no prompt comes a
/// second time before every prompt has come once, and none comes twice in a round.
public struct PromptBatches: Sendable, Equatable {
  /// How many prompts there are.
  public let count: Int

  /// How many a round samples.
  public let perRound: Int

  private let seeds: RunSeeds

  /// Batches of `perRound` from `count` prompts, or all of them each round where it is nil.
  ///
  /// - Parameter seeds: where orders are drawn from: purpose `order`, and which time it is.
  /// - Throws: ``RAFTError`` for no prompts, and for a round of none or of more than there are.
  public init(count: Int, perRound: Int? = nil, seeds: RunSeeds) throws {
    guard count >= 1 else {
      throw RAFTError.setting("prompts", given: "\(count)", needed: "at least 1")
    }
    let perRound = perRound ?? count
    guard perRound >= 1 else {
      throw RAFTError.setting("prompts per round", given: "\(perRound)", needed: "at least 1")
    }
    guard perRound <= count else {
      throw RAFTError.tooManyPrompts(perRound: perRound, prompts: count)
    }
    self.count = count
    self.perRound = perRound
    self.seeds = seeds
  }

  /// The prompts of a round, counted from 1, as places in the whole set, ascending.
  public func indices(ofRound round: Int) -> [Int] {
    guard perRound < count else { return Array(0..<count) }
    var (waiting, walks): ([Int], Int) = ([], 0)
    var batch: [Int] = []
    for _ in 0..<max(round, 0) {
      batch = Array(waiting.prefix(perRound))
      waiting.removeFirst(batch.count)
      guard batch.count < perRound else { continue }
      var generator = SplitMix64(seed: seeds.seed("order", walks))
      walks += 1
      // Those that end the walk before would come twice in this round: they wait for a later one.
      let order = generator.shuffled(Array(0..<count))
      let ending = Set(batch)
      batch += order.filter { !ending.contains($0) }.prefix(perRound - batch.count)
      let fresh = Set(batch).subtracting(ending)
      waiting = order.filter { !fresh.contains($0) }
    }
    return batch.sorted()
  }
}
