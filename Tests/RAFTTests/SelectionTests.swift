import RAFT
import Testing

/// Keys of three prompts with three candidates each; `nil` is excluded.
private let keys: [[Double?]] = [[1, 5, 3], [9, nil, 8], [2, 2, 4]]

private func address(_ prompt: Int, _ index: Int) -> SampleAddress {
  SampleAddress(round: 1, prompt: prompt, index: index)
}

private func candidates(
  _ keys: [[Double?]], fingerprint: (Int, Int) -> String? = { _, _ in nil }
) -> [RankedCandidate] {
  keys.enumerated().flatMap { prompt, keys in
    keys.enumerated().map { index, key in
      RankedCandidate(
        address: address(prompt, index), key: key, fingerprint: fingerprint(prompt, index))
    }
  }
}

/// Prompt and index of what was chosen, as `21` for the second of prompt 2.
private func places(_ addresses: [SampleAddress]) -> [Int] {
  addresses.map { $0.prompt * 10 + $0.index }
}

private let seeds = RunSeeds(run: 7)

@Suite struct SelectionTests {
  @Test(
    "each rule selects what was computed by hand, the best first",
    arguments: [
      ("best", [10, 1, 22]),
      ("best:2", [10, 12, 1, 22, 2, 20]),
      ("top:0.5", [10, 12, 1, 22]),
      ("top:0.01", [10]),
      ("top:1", [10, 12, 1, 22, 2, 20, 21, 0]),
      ("local-top:2", [10, 1]),
      ("local-top:9", [10, 1, 22]),
      ("threshold:4", [10, 12, 1, 22]),
      ("threshold:9.5", []),
      ("percentile:50", [10, 12, 1, 22]),
      ("percentile:100", [10]),
      ("percentile:0", [10, 12, 1, 22, 2, 20, 21, 0]),
      ("prompt-percentile:50", [10, 1, 22, 2, 20, 21]),
      ("prompt-percentile:90", [10, 1, 22]),
      ("passing:3", [10, 12, 1, 22, 2]),
    ])
  func byHand(selection: String, expected: [Int]) throws {
    let choice = try Selection(parsing: selection)
      .choice(among: candidates(keys), seeds: seeds, round: 1)
    #expect(places(choice.selected) == expected)
    #expect(choice.rejected.count == 9 - expected.count)
    #expect(choice.reasons[address(1, 1)] == .excluded)
  }

  @Test(
    "everything that is not selected has its reason",
    arguments: [
      ("best", [1: Choice.Reason.notBestOfPrompt, 12: .notBestOfPrompt, 11: .excluded]),
      ("local-top:2", [22: .promptDropped, 21: .notBestOfPrompt, 2: .notBestOfPrompt]),
      ("top:0.5", [2: .notInTop, 0: .notInTop]),
      ("threshold:4", [2: .belowThreshold]),
      ("percentile:50", [2: .belowPercentile]),
      ("prompt-percentile:90", [12: .belowPercentile]),
      ("passing:4", [2: .belowThreshold]),
    ])
  func reasons(selection: String, expected: [Int: Choice.Reason]) throws {
    let choice = try Selection(parsing: selection)
      .choice(among: candidates(keys), seeds: seeds, round: 1)
    for (place, reason) in expected where !places(choice.selected).contains(place) {
      #expect(choice.reasons[address(place / 10, place % 10)] == reason)
    }
    #expect(choice.rejected.map(\.address) == choice.rejected.map(\.address).sorted())
    #expect(choice.counts.values.reduce(0, +) == choice.rejected.count)
  }

  @Test("of equal keys the lower address stands higher")
  func ties() throws {
    let equal = candidates([[5, 5], [5, 5]])
    func chosen(_ selection: String) throws -> [Int] {
      let choice = try Selection(parsing: selection).choice(among: equal, seeds: seeds, round: 1)
      return places(choice.selected)
    }
    #expect(try chosen("best") == [0, 10])
    #expect(try chosen("local-top:1") == [0])
    #expect(try chosen("top:0.75") == [0, 1, 10])
    #expect(try chosen("percentile:90") == [0, 1, 10, 11])
  }

  @Test("a decimal share of a round number takes the round number")
  func shares() throws {
    let hundred = candidates([(0..<100).map { Double($0) }])
    for (share, count) in [("0.29", 29), ("0.57", 57), ("0.07", 7), ("0.005", 1), ("0.999", 99)] {
      let choice = try Selection(parsing: "top:\(share)")
        .choice(among: hundred, seeds: seeds, round: 1)
      #expect(choice.selected.count == count)
    }
  }

  @Test("of duplicates of a prompt the best is kept, and other prompts may have the same")
  func duplicates() throws {
    let choice = try Selection(parsing: "passing:2").choice(
      among: candidates(keys) { _, index in index < 2 ? "same" : nil }, seeds: seeds, round: 1)
    #expect(places(choice.selected) == [10, 12, 1, 22, 2, 20])
    #expect(choice.reasons[address(2, 1)] == .duplicate)
    #expect(choice.reasons[address(0, 0)] == .belowThreshold)
  }

  @Test("a key that is no number excludes its candidate", arguments: [Double.nan, .infinity])
  func notANumber(key: Double) throws {
    let choice = try Selection(parsing: "top:1")
      .choice(among: candidates([[1, key]]), seeds: seeds, round: 1)
    #expect(places(choice.selected) == [0])
    #expect(choice.counts == [.excluded: 1])
  }

  @Test(
    "nothing to choose from is nothing chosen",
    arguments: [
      "best", "top:1", "local-top:1", "percentile:0", "prompt-percentile:0", "random:best",
    ])
  func nothing(selection: String) throws {
    let selection = try Selection(parsing: selection)
    #expect(selection.choice(among: [], seeds: seeds, round: 1).selected.isEmpty)
    let choice = selection.choice(among: candidates([[nil, nil]]), seeds: seeds, round: 1)
    #expect(choice.selected.isEmpty)
    #expect(choice.counts == [.excluded: 2])
  }

  @Test(
    "the order of candidates does not matter",
    arguments: [
      "best:2", "top:0.3", "local-top:3", "threshold:2", "percentile:60", "prompt-percentile:60",
      "passing:1", "random:best:2", "random:top:0.3", "random:local-top:3", "random:passing:1",
    ])
  func order(selection: String) throws {
    let selection = try Selection(parsing: selection)
    var generator = SplitMix64(seed: 11)
    let keys = (0..<8).map { _ in
      (0..<6).map { _ in generator.index(below: 10) < 9 ? Double(generator.index(below: 5)) : nil }
    }
    let candidates = candidates(keys) { _, index in "\(index / 2)" }
    let choice = selection.choice(among: candidates, seeds: seeds, round: 3)
    #expect(!choice.selected.isEmpty)
    for _ in 0..<10 {
      let shuffled = generator.shuffled(candidates)
      #expect(selection.choice(among: shuffled, seeds: seeds, round: 3) == choice)
    }
  }

  @Test("a choice and its counts are the same after a journey through JSON")
  func coding() throws {
    let choice = try Selection(parsing: "local-top:2")
      .choice(among: candidates(keys), seeds: seeds, round: 1)
    #expect(try decoded(choice) == choice)
    #expect(try decoded(choice.counts) == choice.counts)
    #expect(try encoded([Choice.Reason.notDrawn: 2]) == #"{"not-drawn":2}"#)
  }
}
