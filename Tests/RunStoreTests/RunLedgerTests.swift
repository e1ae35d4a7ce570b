import Files
import Foundation
import RAFT
import RunStore
import TestSupport
import Testing

@Suite("The ledger's rows")
struct RunLedgerTests {
  @Test("facts are kept, settled once and required")
  func facts() throws {
    try withLedger { ledger in
      #expect(try ledger.fact("seed") == nil)
      try ledger.setFact("seed", "1")
      try ledger.setFact("seed", "1")
      #expect(
        message { try ledger.setFact("seed", "2") }
          == "the run has facts \"seed\" with the value \"1\", and now it came out as \"2\"; "
          + "nothing was replaced. Was it begun on another machine, or by another version? "
          + "Begin another run")
      #expect(try ledger.settledFact("batch") { "4" } == "4")
      #expect(try ledger.settledFact("batch") { "8" } == "4")
      for _ in 0..<2 { try ledger.requireFact("model", is: "ab", what: "The model m") }
      #expect(
        message { try ledger.requireFact("model", is: "cd", what: "The model m") }
          == "The model m changed since the run began: it was ab and is cd; "
          + "bring back what it was, or begin another run with another --out")
      #expect(try ledger.facts() == ["seed": "1", "batch": "4", "model": "ab"])
    }
  }

  @Test("samples come back in the order of their addresses, and by what they are made from")
  func samples() throws {
    try withLedger { ledger in
      let rows = RunFixture.rows(12) + RunFixture.rows(2, prompt: 10)
      try ledger.record(samples: rows.reversed())
      #expect(try ledger.samples(.train, round: 1) == rows)
      #expect(try ledger.samples(.dev, round: 1).isEmpty)
      #expect(try ledger.sampleCount(.train) == 14)
      #expect(try ledger.sampleCount(.train, round: 2) == 0)
      let absent = SampleAddress(round: 2, prompt: 0, index: 0)
      #expect(
        try ledger.samples(at: [absent, rows[3].address]) == [rows[3].address: rows[3]])
      #expect(
        try ledger.samples(of: [rows[5].facts, RunFixture.facts(index: 99)])
          == [rows[5].address: rows[5]])
      #expect(
        message { try ledger.samples(of: [RunFixture.facts(index: 5, adapter: "ff")]) }
          .hasPrefix(
            "the run has samples \"train\"/1/0/5 with the adapter \"base\", "
              + "and now it came out as \"ff\"; nothing was replaced."))
    }
  }

  @Test("a transaction with one conflict keeps none of its rows")
  func allOrNone() throws {
    try withLedger { ledger in
      try ledger.record(samples: RunFixture.rows(1))
      var rows = RunFixture.rows(3)
      rows.append(SampleRow(RunFixture.facts(index: 0), batch: 1, .failed("x")))
      #expect(throws: LedgerError.self) { try ledger.record(samples: rows) }
      #expect(try ledger.sampleCount(.train) == 1)
    }
  }

  @Test("scores count under their passport alone, and a failure is a judgement")
  func scores() throws {
    try withLedger { ledger in
      let samples = RunFixture.rows(3)
      try ledger.record(samples: samples)
      let judgements: [Judgement] = [.score(1.0 / 3), .excluded("black"), .score(-0.0)]
      func rows(_ passport: String) -> [ScoreRow] {
        zip(samples, judgements).map { sample, judgement in
          ScoreRow(
            sample.address, reward: "clip", passport: passport, judgement, details: "{\"a\":1}")
        }
      }
      let passport = PassportRow(fingerprint: "p1", content: "{}")
      for _ in 0..<2 { try ledger.record(scores: rows("p1"), by: [passport]) }
      #expect(try ledger.passport("p1") == passport)
      #expect(try ledger.scores(.train, round: 1, reward: "clip", passport: "p1") == rows("p1"))
      let addresses = samples.map(\.address)
      #expect(try ledger.scores(at: addresses, reward: "clip", passport: "p1").count == 3)
      for (name, passport) in [("clip", "p2"), ("aesthetic", "p1")] {
        #expect(try ledger.scores(at: addresses, reward: name, passport: passport).isEmpty)
      }
      // A score needs its passport, and its sample.
      #expect(throws: LedgerError.self) { try ledger.record(scores: rows("p2"), by: []) }
      let stray = ScoreRow(
        SampleAddress(round: 9, prompt: 0, index: 0), reward: "clip", passport: "p1", .score(1))
      #expect(throws: LedgerError.self) { try ledger.record(scores: [stray], by: [passport]) }
      #expect(throws: LedgerError.self) {
        try ledger.record(scores: [], by: [PassportRow(fingerprint: "p1", content: "{\"b\":1}")])
      }
    }
  }

  @Test("a score that is not finite is none", arguments: [Double.nan, .infinity, -.infinity])
  func notFinite(_ value: Double) throws {
    try withLedger { ledger in
      let sample = RunFixture.rows(1)[0]
      try ledger.record(samples: [sample])
      let row = ScoreRow(sample.address, reward: "clip", passport: "p", .score(value))
      #expect(
        message {
          try ledger.record(scores: [row], by: [PassportRow(fingerprint: "p", content: "{}")])
        } == "scores \"train\"/1/0/0/\"clip\"/\"p\" has a score that is not a finite number")
    }
  }

  @Test("vectors and divergences come back bit by bit")
  func numbers() throws {
    try withLedger { ledger in
      let samples = RunFixture.rows(2)
      try ledger.record(samples: samples)
      let vectors: [[Float]] = [[0.1, -.pi, .leastNonzeroMagnitude], []]
      let embeddings = zip(samples, vectors).map { EmbeddingRow($0.address, model: "m", $1) }
      try ledger.record(embeddings: embeddings)
      #expect(try ledger.embeddings(.train, round: 1, model: "m") == embeddings)
      let address = samples[0].address
      #expect(try ledger.embeddings(at: [address], model: "m") == [address: embeddings[0]])
      #expect(try ledger.embeddings(at: [address], model: "n").isEmpty)
      #expect(throws: LedgerError.self) {
        try ledger.record(embeddings: [EmbeddingRow(address, model: "m", [0.1])])
      }
      try ledger.record(divergences: [DivergenceRow(address, adapter: "a", 0.1 + 0.2)])
      #expect(
        try ledger.divergences(at: samples.map(\.address), adapter: "a")
          == [address: 0.1 + 0.2])
    }
  }

  @Test("a selection is kept as a whole, with samples of earlier rounds")
  func selections() throws {
    try withLedger { ledger in
      let samples = RunFixture.rows(3)
      try ledger.record(samples: samples)
      #expect(try ledger.selection(2) == nil)
      let rows = samples.enumerated().map { place, sample in
        SelectionRow(
          round: 2, sample.address, rank: [1, nil, 0][place], key: [0.5, nil, 0.7][place],
          reason: "best of its prompt")
      }
      let selection = RoundSelection(round: 2, rule: "best:2", rows.reversed())
      for _ in 0..<2 { try ledger.record(selection: selection) }
      #expect(try ledger.selection(2) == selection)
      #expect(selection.rows == rows)
      #expect(selection.selected.map(\.rank) == [0, 1])
      for other in [
        RoundSelection(round: 2, rule: "best:1", rows),
        RoundSelection(round: 2, rule: "best:2", Array(rows.prefix(2))),
      ] {
        #expect(throws: LedgerError.self) { try ledger.record(selection: other) }
      }
      #expect(try ledger.selection(2) == selection)
    }
  }

  @Test("a round comes as far as its stages, its fine-tuning and its numbers")
  func rounds() throws {
    try withLedger { ledger in
      #expect(try ledger.round(1) == RoundRow(1))
      let tuning = TuningRow(
        round: 1, adapter: "ab", checkpoint: "checkpoints/001",
        TuningReport(steps: 8, meanLoss: 0.1, lastLoss: nil))
      for _ in 0..<2 {
        try ledger.finish(.sample, round: 1)
        try ledger.finish(.score, round: 1)
        try ledger.record(tuning: tuning)
        try ledger.record(metrics: ["reward": 0.25], round: 1)
      }
      try ledger.record(metrics: ["dev": 3], round: 1)
      try ledger.record(metrics: ["dev": 2], round: 0)
      let expected = RoundRow(
        1, stages: [.sample, .score], tuning: tuning, metrics: ["reward": 0.25, "dev": 3])
      #expect(try ledger.round(1) == expected)
      #expect(try ledger.rounds() == [RoundRow(0, metrics: ["dev": 2]), expected])
      #expect(throws: LedgerError.self) { try ledger.record(metrics: ["dev": 4], round: 1) }
    }
  }

  @Test("what is met again is one event; interruptions are told each time")
  func events() throws {
    try withLedger { ledger in
      let split = EventRow(round: 1, .batchSplit, "{\"batch\":2}")
      let resumed = EventRow(round: 1, .resumed)
      for event in [split, resumed, split, resumed] { try ledger.record(event: event) }
      #expect(try ledger.events() == [split, resumed, resumed])
      #expect(try ledger.events(.batchSplit) == [split])
    }
  }

  @Test("a run of thousands of samples is one transaction")
  func many() throws {
    try withLedger { ledger in
      let rows = RunFixture.rows(3000)
      try ledger.record(samples: rows)
      try ledger.record(embeddings: rows.map { EmbeddingRow($0.address, model: "m", [1, 2]) })
      #expect(try ledger.samples(at: rows.map(\.address)).count == 3000)
    }
  }

  @Test("ledgers that hold the same are equal as dumps, however it came there")
  func dump() throws {
    func dump(_ isInterrupted: Bool) throws -> String {
      try withLedger { ledger in
        let rows = RunFixture.rows(4)
        try ledger.setFact("seed", "1")
        for row in isInterrupted ? rows.reversed() : rows { try ledger.record(samples: [row]) }
        if isInterrupted {
          try ledger.record(event: EventRow(round: 1, .interrupted))
          try ledger.record(event: EventRow(round: 1, .resumed))
          try ledger.record(samples: rows)
        }
        try ledger.record(event: EventRow(round: 1, .warning, "{\"text\":\"a\\nb\"}"))
        try ledger.record(metrics: ["a": 0.1], round: 1)
        return try ledger.canonicalDump()
      }
    }
    let whole = try dump(false)
    #expect(whole == (try dump(true)))
    #expect(
      whole.hasPrefix(
        """
        events round=1 kind="warning" content="{\\"text\\":\\"a\\\\nb\\"}"
        facts name="seed" value="1"
        metrics round=1 name="a" value=0.1
        samples split="train" round=1 prompt=0 k=0 text="a photo of 0" seed=4294967040 \
        sampler="ddim, 20 steps" width=64 height=48 adapter="base" batch=0 image="0-0" \
        image_digest="00" latents=null latents_digest=null latents_row=null failure=null

        """))
    #expect(whole.split(separator: "\n").count == 7)
  }

  private func withLedger<Result>(_ body: (RunLedger) throws -> Result) throws -> Result {
    try withTemporaryFolder { try body(try RunLedger("\($0)/ledger.sqlite")) }
  }
}
