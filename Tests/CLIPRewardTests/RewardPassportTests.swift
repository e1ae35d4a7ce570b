import CLIPReward
import Foundation
import TestSupport
import Testing

/// What makes scores comparable.
struct RewardPassportTests {
  private let passport = RewardPassport(
    reward: "aesthetic", facts: ["head": "sac.pth", "activation": "quick_gelu"])

  @Test("the canonical form is JSON with sorted keys, and the fingerprint its digest's beginning")
  func fingerprint() {
    #expect(
      passport.canonicalJSON
        == #"{"facts":{"activation":"quick_gelu","head":"sac.pth"},"reward":"aesthetic"}"#)
    #expect(passport.fingerprint == "5d9c0f48e03a")
    #expect(passport.digest.hasPrefix(passport.fingerprint))
    let odd = RewardPassport(reward: "a\"b", facts: ["k\n": "\\"])
    #expect(odd.canonicalJSON == #"{"facts":{"k\u000a":"\\"},"reward":"a\"b"}"#)
  }

  @Test("every fact changes the fingerprint")
  func everyFact() {
    let others = [
      RewardPassport(reward: "clip", facts: passport.facts),
      RewardPassport(reward: "aesthetic", facts: ["head": "sac.pth", "activation": "gelu"]),
      RewardPassport(reward: "aesthetic", facts: ["head": "sac.pth"]),
    ]
    #expect(Set((others + [passport]).map(\.fingerprint)).count == 4)
  }

  @Test("differences are told fact by fact, digests cut")
  func differences() {
    let one = String(repeating: "a", count: 64)
    let first = RewardPassport(
      reward: "aesthetic", facts: ["head": "ava.pth", "head_sha256": one, "precision": "fp32"])
    let second = RewardPassport(
      reward: "aesthetic", facts: ["head": "sac.pth", "precision": "fp32"])
    #expect(
      first.differences(from: second)
        == ["head ava.pth vs sac.pth", "head_sha256 aaaaaaaaaaaa vs unknown"])
    #expect(first.differences(from: first) == [])
    #expect(
      first.differences(from: RewardPassport(reward: "clip", facts: [:]))
        == ["reward aesthetic vs clip"])
  }
}

/// Scores side by side.
struct ScoreTableTests {
  private func passport(_ head: String) -> RewardPassport {
    RewardPassport(reward: "aesthetic", facts: ["head": head])
  }

  @Test("scores under two passports are refused with the facts that differ")
  func mixed() throws {
    var table = ScoreTable(source: "a.jsonl", reward: "aesthetic", passport: passport("ava.pth"))
    try table.add([.init(image: "x", score: 1)], passport: passport("ava.pth"), from: "a.jsonl")
    let text =
      "the aesthetic scores of a.jsonl and b.jsonl are not on one scale and cannot be compared: "
      + "head ava.pth vs sac.pth"
    #expect(
      message { try table.add([], passport: passport("sac.pth"), from: "b.jsonl") } == text)
    let other = ScoreTable(source: "b.jsonl", reward: "aesthetic", passport: passport("sac.pth"))
    #expect(message { try table.comparison(with: other) } == text)
    #expect(table.rows.count == 1)
  }

  @Test("tables of the same prompts and file names are compared in pairs, others as groups")
  func comparison() throws {
    func table(_ source: String, _ scores: [(String, Double)]) -> ScoreTable {
      ScoreTable(
        source: source, reward: "r", passport: passport("h"),
        rows: scores.map { .init(image: "\(source)/\($0.0)", digest: source, score: $0.1) })
    }
    let first = table("a", [("x", 1), ("y", 2), ("z", 6)])
    let paired = try first.comparison(with: table("b", [("z", 7), ("x", 3), ("y", 5)]))
    #expect(paired.pairs == 3)
    #expect(paired.difference == 2)
    #expect(abs((paired.margin ?? 0) - 1.96 / 3.0.squareRoot()) < 1e-12)
    let groups = try first.comparison(with: table("b", [("u", 4), ("v", 6)]))
    #expect(groups.pairs == nil)
    #expect(groups.difference == 2)
    // Of two images under one name nobody knows which belongs to the other table's.
    let twice = try first.comparison(with: table("b", [("x", 4), ("x", 6)]))
    #expect(twice.pairs == nil)
  }

  @Test("a summary has the sample deviation, and nothing where there is nothing")
  func summary() {
    let summary = ScoreSummary([1, 2, 3, 4])
    #expect(summary.mean == 2.5)
    #expect(abs((summary.deviation ?? 0) - (5.0 / 3).squareRoot()) < 1e-12)
    #expect((summary.minimum, summary.maximum) == (1, 4))
    #expect(ScoreSummary([]).mean == nil)
    #expect(ScoreSummary([3]).deviation == nil)
  }

  @Test("results read back are the results, and what is none is refused by line")
  func records() throws {
    try withTemporaryFolder { folder in
      let record = ScoreRecord(
        image: "a.png", digest: "00", prompt: nil, scores: ["clip": 0.25], score: 0.25,
        details: ["clip": ["logit": 2.5]], excluded: nil,
        passports: ["clip": .init(passport("h"))])
      let excluded = ScoreRecord(
        image: "b.png", digest: "01", prompt: "p", scores: [:], score: nil, details: [:],
        excluded: .black, passports: ["clip": .init(passport("h"))])
      let path = "\(folder)/r.jsonl"
      let lines = try [record, excluded].map {
        String(decoding: try JSONEncoder().encode($0), as: UTF8.self)
      }
      try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
      let read = try ScoreRecord.read(path)
      #expect(read == [record, excluded])
      let table = try ScoreRecord.table(of: "clip", in: read, from: "r.jsonl")
      #expect(table.rows.map(\.score) == [0.25])
      // A floor of another reward left this one out; a base's median is that of all scores.
      let below = ScoreRecord(
        image: "c.png", digest: "02", prompt: nil, scores: ["clip": 0.5], score: nil, details: [:],
        excluded: .belowFloor(component: "x", score: 1, floor: 2),
        passports: ["clip": .init(passport("h"))])
      let all = try ScoreRecord.table(
        of: "clip", in: read + [below], from: "r.jsonl", includingExcluded: true)
      #expect(all.rows.map(\.score) == [0.25, 0.5])
      #expect(
        message { try ScoreRecord.table(of: "aesthetic", in: read, from: "r.jsonl") }
          == "r.jsonl has no aesthetic score; score its images with the same --reward first")
      try "\(lines[0])\n{\"a\":1}\n".write(toFile: path, atomically: true, encoding: .utf8)
      #expect(
        message { try ScoreRecord.read(path) }
          == "\(path), line 2: it is not a line of scores; give what score --json printed")
    }
  }
}
