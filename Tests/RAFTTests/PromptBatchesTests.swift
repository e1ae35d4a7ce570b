import RAFT
import Testing

@Suite struct PromptBatchesTests {
  private let seeds = RunSeeds(run: 3)

  @Test("a round of all prompts has all of them in their order", arguments: [nil, 10])
  func all(perRound: Int?) throws {
    let batches = try PromptBatches(count: 10, perRound: perRound, seeds: seeds)
    #expect(batches.indices(ofRound: 1) == Array(0..<10))
    #expect(batches.indices(ofRound: 7) == Array(0..<10))
  }

  @Test(
    "no prompt comes again before every one has come, and none comes twice in a round",
    arguments: [(12, 4), (10, 4), (7, 5), (5, 4), (45, 8), (2, 1)])
  func walks(count: Int, perRound: Int) throws {
    let batches = try PromptBatches(count: count, perRound: perRound, seeds: seeds)
    var times = [Int](repeating: 0, count: count)
    for round in 1...40 {
      let batch = batches.indices(ofRound: round)
      #expect(batch.count == perRound)
      #expect(Set(batch).count == perRound)
      #expect(batch == batch.sorted())
      for index in batch { times[index] += 1 }
      let fewest = times.min() ?? 0
      // Within a round that ends a walk and begins the next, some come while others still wait.
      #expect(times.allSatisfy { $0 <= fewest + 1 })
    }
  }

  @Test("walks have different orders, and so do runs")
  func orders() throws {
    let batches = try PromptBatches(count: 40, perRound: 20, seeds: seeds)
    let other = try PromptBatches(count: 40, perRound: 20, seeds: RunSeeds(run: 4))
    #expect(batches.indices(ofRound: 1) != batches.indices(ofRound: 3))
    #expect(batches.indices(ofRound: 1) != other.indices(ofRound: 1))
    #expect(batches.indices(ofRound: 9) == batches.indices(ofRound: 9))
  }

  @Test(
    "batches that cannot be are refused",
    arguments: [
      (0, nil, "prompts: 0 cannot be; it is at least 1"),
      (5, 0, "prompts per round: 0 cannot be; it is at least 1"),
      (
        5, 6,
        "a round of 6 prompts cannot be drawn from 5; give more prompts, or ask for at most 5 a round"
      ),
    ] as [(Int, Int?, String)])
  func refused(count: Int, perRound: Int?, message: String) {
    let error = #expect(throws: RAFTError.self) {
      try PromptBatches(count: count, perRound: perRound, seeds: seeds)
    }
    #expect(error?.description == message)
  }
}
