import CLIPReward
import TestSupport
import Testing

private let passport = RewardPassport(reward: "test", facts: ["head": "a"])

private func column(
  _ name: String, _ scores: [Double?], passport: RewardPassport = passport
) -> ScoreColumn {
  ScoreColumn(
    name: name, passport: passport,
    outcomes: scores.map { $0.map { .score($0) } ?? .excluded(.failed("\(name) failed")) })
}

private func mixture(
  _ weights: [Double] = [1, 1], _ scale: ScoreScale = .zScore, _ scope: ScoreScope = .round,
  _ floors: [ScoreFloor] = []
) throws -> RewardMixture {
  try RewardMixture(
    weights.enumerated().map { .init("abc".map(String.init)[$0], weight: $1) }, scale: scale,
    scope: scope, floors: floors)
}

private let first: [Double?] = [3, 1, 4, 1, 5, 9, 2, 6]
private let second: [Double?] = [0.2, 0.7, 0.1, 0.8, 0.28, 0.18, 0.28, 0.46]
private let prompts: [String?] = ["x", "x", "x", nil, nil, "y", "x", "y"]

private func isClose(_ one: [Double?], _ other: [Double?]) -> Bool {
  zip(one, other).allSatisfy { a, b in
    guard let a, let b else { return (a == nil) == (b == nil) }
    return abs(a - b) < 1e-12 * (1 + abs(a))
  }
}

@Suite("A mixture of rewards")
struct RewardMixtureTests {
  @Test("adds raw scores by their weights")
  func raw() throws {
    let outcomes = try mixture([1, -10], .raw).outcomes(
      of: [column("a", [1, 2]), column("b", [0.5, 0.1])], prompts: [nil, nil])
    #expect(
      outcomes == [
        .score(-4, details: ["a": 1, "b": 0.5]), .score(1, details: ["a": 2, "b": 0.1]),
      ])
  }

  @Test("adds z-scores of each component, with the parts as details")
  func zScores() throws {
    let outcomes = try mixture([1, 2]).outcomes(
      of: [column("a", [1, 3]), column("b", [7, 5])], prompts: [nil, nil])
    #expect(
      outcomes == [
        .score(1, details: ["a": 1, "b": 7, "a.z": -1, "b.z": 1]),
        .score(-1, details: ["a": 3, "b": 5, "a.z": 1, "b.z": -1]),
      ])
  }

  @Test("adds fractional ranks, equal scores sharing theirs")
  func ranks() throws {
    let outcomes = try mixture([1], .rank).outcomes(
      of: [column("a", [5, 1, 5, 9])], prompts: Array(repeating: nil, count: 4))
    #expect(outcomes.map(\.score) == [0.5, 0.125, 0.5, 0.875])
  }

  @Test(
    "is blind to the units of z-scores and ranks",
    arguments: [ScoreScale.zScore, .rank], ScoreScope.allCases)
  func affine(_ scale: ScoreScale, _ scope: ScoreScope) throws {
    let mixture = try mixture([0.7, 1.3], scale, scope)
    let plain = try mixture.outcomes(
      of: [column("a", first), column("b", second)], prompts: prompts)
    for (factor, offset) in [(2.0, 1.0), (1e-6, -3), (1e150, 0), (0.1, 1e3)] {
      let scaled = column("b", second.map { $0.map { $0 * factor + offset } })
      let mixed = try mixture.outcomes(of: [column("a", first), scaled], prompts: prompts)
      let tolerance = scale == .rank ? 0 : 1e-6
      for (one, other) in zip(plain, mixed) {
        #expect(abs((one.score ?? 0) - (other.score ?? 1)) <= tolerance)
      }
    }
  }

  @Test(
    "does not depend on the images' order", arguments: ScoreScale.allCases, ScoreScope.allCases)
  func permutation(_ scale: ScoreScale, _ scope: ScoreScope) throws {
    let mixture = try mixture([0.7, 1.3], scale, scope, [ScoreFloor("b", .median)])
    let order = [5, 0, 7, 2, 6, 1, 4, 3]
    func mixed(_ order: [Int]) throws -> [Double?] {
      try mixture.outcomes(
        of: [column("a", order.map { first[$0] }), column("b", order.map { second[$0] })],
        prompts: order.map { prompts[$0] }
      ).map(\.score)
    }
    let plain = try mixed(Array(0..<8))
    #expect(isClose(try mixed(order), order.map { plain[$0] }))
  }

  @Test("per prompt is the mixture of each prompt's images alone")
  func perPrompt() throws {
    let whole = try mixture([1, 1], .zScore, .prompt).outcomes(
      of: [column("a", first), column("b", second)], prompts: prompts
    ).map(\.score)
    for prompt in [String?.none, "x", "y"] {
      let places = prompts.indices.filter { prompts[$0] == prompt }
      let alone = try mixture([1, 1], .zScore, .round).outcomes(
        of: [
          column("a", places.map { first[$0] }), column("b", places.map { second[$0] }),
        ], prompts: places.map { _ in nil }
      ).map(\.score)
      #expect(isClose(alone, places.map { whole[$0] }))
    }
  }

  @Test("leaves out what a component leaves out, with its reason, as if it were not there")
  func excluded() throws {
    let mixture = try mixture()
    let with = try mixture.outcomes(
      of: [column("a", [3, nil, 1, 1000, 4]), column("b", [1, 5, 2, nil, nil])],
      prompts: Array(repeating: nil, count: 5))
    let without = try mixture.outcomes(
      of: [column("a", [3, 1]), column("b", [1, 2])], prompts: [nil, nil])
    #expect([with[0], with[2]] == without)
    #expect(
      [with[1], with[3], with[4]].map(\.exclusion) == [
        .failed("a failed"), .failed("b failed"), .failed("b failed"),
      ])
  }

  @Test("is not touched by what a component of weight 0 without a floor leaves out")
  func reportedOnly() throws {
    let columns = [column("a", [3, 1, 2]), column("b", [nil, 5, 7])]
    let prompts = [String?](repeating: nil, count: 3)
    let outcomes = try mixture([1, 0]).outcomes(of: columns, prompts: prompts)
    let alone = try mixture([1]).outcomes(of: [columns[0]], prompts: prompts)
    #expect(outcomes.map(\.score) == alone.map(\.score))
    #expect(!outcomes.compactMap(\.exclusion).contains { _ in true })
    let held = try mixture([1, 0], .zScore, .round, [ScoreFloor("b", .absolute(6))])
      .outcomes(of: columns, prompts: prompts)
    #expect(
      held.map(\.exclusion)
        == [.failed("b failed"), .belowFloor(component: "b", score: 5, floor: 6), nil])
  }

  @Test("per prompt warns where no prompt has two images", arguments: ScoreScale.allCases)
  func single(_ scale: ScoreScale) throws {
    let mixture = try mixture([1], scale, .prompt)
    let text: String? =
      switch scale {
      case .raw: nil
      case .zScore:
        "every prompt has a single image, whose z among that prompt's images is always 0: all "
          + "scores are equal; --per round takes it over all images"
      case .rank:
        "every prompt has a single image, whose rank among that prompt's images is always ½: all "
          + "scores are equal; --per round takes it over all images"
      }
    #expect(mixture.warning(for: ["x", "y", nil]) == text)
    #expect(mixture.warning(for: ["x", "y", "x"]) == nil)
    let round = try RewardMixture([.init("a")], scale: scale)
    #expect(round.warning(for: ["x", "y"]) == nil)
  }

  @Test("of equal scores, of one image or of none is 0 by z and ½ by rank", arguments: [0, 1, 3])
  func degenerate(_ count: Int) throws {
    let columns = [column("a", Array(repeating: 0.1, count: count))]
    let prompts = [String?](repeating: "x", count: count)
    for (scale, value) in [(ScoreScale.zScore, 0.0), (.rank, 0.5)] {
      for scope in ScoreScope.allCases {
        let mixed = try mixture([1], scale, scope).outcomes(of: columns, prompts: prompts)
        #expect(mixed.map(\.score) == Array(repeating: value, count: count))
      }
    }
  }

  @Test("of scores at the ends of what numbers hold is finite")
  func extremes() throws {
    let huge = Double.greatestFiniteMagnitude
    let columns = [column("a", [-huge, 0, huge])]
    let scores = try mixture([1]).outcomes(of: columns, prompts: [nil, nil, nil]).map(\.score)
    #expect(isClose(scores, [-1.5.squareRoot(), 0, 1.5.squareRoot()]))
    #expect(
      try mixture([2], .raw).outcomes(of: columns, prompts: [nil, nil, nil]).map(\.exclusion)
        == [.notFinite(reward: "mixed"), nil, .notFinite(reward: "mixed")])
  }

  @Test("refuses columns that are not its own")
  func columns() throws {
    #expect(
      message { try mixture().outcomes(of: [column("a", [1])], prompts: [nil]) }
        == "a mixture of a (1), b (1) was given the scores of a (1)")
  }
}

@Suite("A floor")
struct ScoreFloorTests {
  private func outcomes(_ floors: [ScoreFloor], base: ScoreColumn? = nil) throws
    -> [RewardOutcome]
  {
    var mixture = try mixture([1, 1], .raw, .round, floors)
    if let base, let floor = floors.first { mixture.bases[floor] = base }
    return try mixture.outcomes(
      of: [column("a", [9, 1, 5, nil]), column("b", [1, 2, 3, 8])],
      prompts: Array(repeating: nil, count: 4))
  }

  @Test("excludes what stays below and nothing else")
  func absolute() throws {
    let outcomes = try outcomes([ScoreFloor("b", .absolute(2))])
    #expect(outcomes.map(\.score) == [nil, 3, 8, nil])
    #expect(outcomes[0].exclusion == .belowFloor(component: "b", score: 1, floor: 2))
    #expect(outcomes[3].exclusion == .failed("a failed"))
  }

  @Test("at the median of the round counts the images that every component scores")
  func median() throws {
    #expect(try outcomes([ScoreFloor("b", .median)]).map(\.score) == [nil, 3, 8, nil])
  }

  @Test("at a base's median takes the base's scores")
  func base() throws {
    let floor = ScoreFloor("b", .baseMedian(file: "base.jsonl"))
    let base = column("b", [2, nil, -1, 7])
    #expect(try outcomes([floor], base: base).map(\.score) == [nil, 3, 8, nil])
    #expect(
      message { try outcomes([floor]) }
        == "the floor of b is the median of base.jsonl, which holds no score of it")
    let other = column("b", [2], passport: .init(reward: "test", facts: ["head": "z"]))
    #expect(
      message { try outcomes([floor], base: other) }
        == "scores of b with different passports cannot be compared: head z vs a; "
        + "score all images by one reward")
  }

  @Test("beside another of the same component has a base of its own")
  func twoBases() throws {
    let floors = ["low", "high"].map { ScoreFloor("b", .baseMedian(file: $0)) }
    for (levels, scores) in [([0.0, 2.5], [nil, nil, 8, nil]), ([2.5, 0], [nil, nil, 8, nil])]
      as [([Double], [Double?])]
    {
      var mixture = try mixture([1, 1], .raw, .round, floors)
      for (floor, level) in zip(floors, levels) { mixture.bases[floor] = column("b", [level]) }
      let outcomes = try mixture.outcomes(
        of: [column("a", [9, 1, 5, nil]), column("b", [1, 2, 3, 8])],
        prompts: Array(repeating: nil, count: 4))
      #expect(outcomes.map(\.score) == scores)
    }
  }

  @Test("changes nobody else's z-score")
  func leavesOthers() throws {
    let columns = [column("a", first), column("b", second)]
    let free = try mixture().outcomes(of: columns, prompts: prompts)
    let held = try mixture([1, 1], .zScore, .round, [ScoreFloor("a", .absolute(3))])
      .outcomes(of: columns, prompts: prompts)
    for (one, other) in zip(free, held) where other.score != nil { #expect(one == other) }
    #expect(held.compactMap(\.score).count == 5)
  }

  @Test("in a round without scores excludes nothing more")
  func noScores() throws {
    let mixed = try mixture([1], .raw, .round, [ScoreFloor("a", .median)])
      .outcomes(of: [column("a", [nil])], prompts: [nil])
    #expect(mixed == [.excluded(.failed("a failed"))])
  }

  @Test("has the middle score, or the mean of two, as median")
  func medians() {
    #expect(ScoreFloor.median(of: [3, 1, 2]) == 2)
    #expect(ScoreFloor.median(of: [4, 1, 2, 3]) == 2.5)
    #expect(ScoreFloor.median(of: []) == nil)
  }

  @Test(
    "is written NAME>=NUMBER, NAME>=median or NAME>=median:FILE",
    arguments: [
      ("clip>=0.2", ScoreFloor("clip", .absolute(0.2))), ("a >= -1e3", .init("a", .absolute(-1e3))),
      ("clip>=median", .init("clip", .median)),
      ("clip>=median:a:b.jsonl", .init("clip", .baseMedian(file: "a:b.jsonl"))),
    ])
  func parsing(_ text: String, _ floor: ScoreFloor) throws {
    #expect(try ScoreFloor(parsing: text) == floor)
  }

  @Test(
    "that is not written so says what is wrong",
    arguments: [
      ("clip", "there is no >= in it"), (">=1", "no reward is named before >="),
      ("clip>=high", "after >= stands neither a number nor median"),
      ("clip>=nan", "after >= stands neither a number nor median"),
      ("clip>=median:", "no file is named after median:"),
    ])
  func messages(_ text: String, _ reason: String) {
    #expect(
      message { try ScoreFloor(parsing: text) }
        == "\"\(text)\" is no floor: \(reason); write NAME>=NUMBER, NAME>=median, or "
        + "NAME>=median:FILE with the scores of a base")
  }
}

@Suite("Scores of one reward")
struct ScoreColumnTests {
  @Test("may only follow each other under one passport")
  func passports() throws {
    let one = column("a", [1])
    #expect(try one.followed(by: column("a", [nil])).outcomes.count == 2)
    let other = RewardPassport(reward: "test", facts: ["head": "b", "clip": "x"])
    #expect(
      message { try one.followed(by: column("a", [2], passport: other)) }
        == "scores of a with different passports cannot be compared: clip unknown vs x; "
        + "head a vs b; score all images by one reward")
  }
}

@Suite("The best of a prompt's images")
struct BestOfTests {
  @Test("are those of the highest scores; of equal ones the first")
  func ranking() {
    let outcomes: [RewardOutcome] = [
      .score(1), .score(3), .excluded(.black), .score(3), .score(-2),
    ]
    let choice = BestOf(keeping: 2).choice(among: outcomes)
    #expect(choice.ranking == [1, 3, 0, 4])
    #expect(choice.kept == [1, 3])
  }

  @Test("are fewer than asked for where fewer have a score, and never one without")
  func tooFew() {
    let outcomes: [RewardOutcome] = [.excluded(.black), .score(-5)]
    #expect(BestOf(keeping: 2).choice(among: outcomes).kept == [1])
    #expect(BestOf().choice(among: [.excluded(.black)]).kept == [])
  }
}
