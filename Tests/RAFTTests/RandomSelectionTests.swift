import RAFT
import Testing

private func address(_ prompt: Int, _ index: Int) -> SampleAddress {
  SampleAddress(round: 1, prompt: prompt, index: index)
}

private func candidates(_ prompts: Int, of count: Int) -> [RankedCandidate] {
  (0..<prompts).flatMap { prompt in
    (0..<count).map { index in
      // The higher prompt and index is the better one; index 0 is guarded against.
      RankedCandidate(
        address: address(prompt, index), key: index == 0 ? nil : Double(prompt * count + index),
        fingerprint: "\(max(index, 2))")
    }
  }
}

@Suite struct RandomSelectionTests {
  @Test(
    "the control selects the same prompts as often and at the same places as the rule it imitates",
    arguments: [
      "best", "best:3", "top:0.2", "local-top:8", "threshold:60", "percentile:80",
      "prompt-percentile:50", "passing:60",
    ])
  func samePrompts(rule: String) throws {
    let candidates = candidates(10, of: 10)
    let imitated = try Selection(parsing: rule)
      .choice(among: candidates, seeds: RunSeeds(run: 1), round: 2)
    let random = try Selection(parsing: "random:\(rule)")
      .choice(among: candidates, seeds: RunSeeds(run: 1), round: 2)
    #expect(random.selected.map(\.prompt) == imitated.selected.map(\.prompt))
    #expect(Set(random.selected).count == random.selected.count)
    #expect(random.selected.allSatisfy { $0.index != 0 })
  }

  @Test("what the control leaves out was excluded, of a dropped prompt, or not drawn")
  func reasons() throws {
    let choice = try Selection(parsing: "random:local-top:8")
      .choice(among: candidates(10, of: 10), seeds: RunSeeds(run: 1), round: 1)
    #expect(choice.counts == [.excluded: 10, .promptDropped: 18, .notDrawn: 64])
    #expect(choice.reasons[address(0, 5)] == .promptDropped)
  }

  @Test("the control of a rule that leaves out duplicates draws none either")
  func duplicates() throws {
    for run in 0..<50 {
      let choice = try Selection(parsing: "random:passing:1")
        .choice(among: candidates(3, of: 5), seeds: RunSeeds(run: UInt64(run)), round: 1)
      #expect(!choice.selected.contains { $0.index == 1 })
      #expect(choice.counts == [.excluded: 3, .duplicate: 3])
    }
  }

  @Test("every candidate that is not excluded is drawn as often as another")
  func uniform() throws {
    let selection = try Selection(parsing: "random:best:2")
    let candidates = candidates(1, of: 6)
    var counts = [Int](repeating: 0, count: 6)
    for run in 0..<5_000 {
      let choice = selection.choice(among: candidates, seeds: RunSeeds(run: UInt64(run)), round: 1)
      for address in choice.selected { counts[address.index] += 1 }
    }
    // Five standard deviations of a binomial of 5,000 and 2/5.
    #expect(counts[0] == 0)
    #expect(counts.dropFirst().allSatisfy { abs($0 - 2_000) < 174 })
  }

  @Test("rounds, prompts and runs draw apart from each other")
  func apart() throws {
    let selection = try Selection(parsing: "random:best")
    let candidates = candidates(20, of: 20)
    func drawn(run: UInt64, round: Int) -> [Int] {
      selection.choice(among: candidates, seeds: RunSeeds(run: run), round: round)
        .selected.sorted().map(\.index)
    }
    #expect(drawn(run: 1, round: 1) == drawn(run: 1, round: 1))
    #expect(drawn(run: 1, round: 1) != drawn(run: 1, round: 2))
    #expect(drawn(run: 1, round: 1) != drawn(run: 2, round: 1))
    #expect(Set(drawn(run: 1, round: 1)).count > 5)
  }
}
