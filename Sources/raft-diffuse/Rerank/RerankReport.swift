internal import Alignment

/// What `rerank` prints.
struct RerankReport: Encodable {
  let run: String
  /// What scored; nil for the run's own scores.
  let reward: String?
  let select: String
  let samplesPerPrompt: Int
  let beta: Double
  let rounds: [Round]
  let overall: SelectionChange
  /// Images that had to be decoded.
  let decoded: Int
  let totalSeconds: Double

  /// What became of a round.
  struct Round: Encodable {
    let round: Int
    let selectBefore: String?
    let change: SelectionChange
    let samples: [Sample]?
  }

  /// What became of a sample.
  struct Sample: Encodable {
    let image: String?
    let prompt: String
    let before: Verdict?
    let after: Verdict

    init(_ sample: RerankedSample) {
      image = sample.image
      prompt = sample.prompt
      before = sample.before.map(Verdict.init)
      after = Verdict(sample.after)
    }
  }

  /// What a selection made of a sample.
  struct Verdict: Encodable {
    let reward: Double?
    let key: Double?
    let selected: Bool
    let reason: String

    init(_ verdict: SampleVerdict) {
      reward = verdict.reward
      key = verdict.key
      selected = verdict.isSelected
      reason = verdict.reason
    }
  }

  /// - Parameter listsSamples: whether each sample is told.
  init(
    run: String, reward: String?, selection: String, samplesPerPrompt: Int, beta: Double,
    _ rounds: [RerankedRound], decoded: Int, listsSamples: Bool, seconds: Double
  ) {
    self.run = run
    self.reward = reward
    select = selection
    self.samplesPerPrompt = samplesPerPrompt
    self.beta = beta
    self.rounds = rounds.map { round in
      Round(
        round: round.number, selectBefore: round.rule, change: round.change,
        samples: listsSamples ? round.samples.map(Sample.init) : nil)
    }
    overall = SelectionChange(rounds.flatMap(\.samples))
    self.decoded = decoded
    totalSeconds = seconds
  }

  /// Prints it for machines, or as tables for people.
  func print(asJSON: Bool) throws {
    if asJSON { return try Console.json(self, convertsKeys: true) }
    for round in rounds {
      for line in (round.samples ?? []).map(Self.line) { try Console.result(line) }
    }
    for line in table { try Console.result(line) }
  }

  // MARK: For people

  /// A line a round and, for several, one over all.
  private var table: [String] {
    let header = [
      "round", "samples", "before", "after", "kept", "dropped", "new", "rank corr.", "old reward",
      "new reward",
    ]
    var rows = rounds.map { Self.cells("\($0.round)", $0.change) }
    if rounds.count > 1 { rows.append(Self.cells("all", overall)) }
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].count }.max() ?? 0
    }
    return ([header] + rows).map { row in
      zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }
        .joined(separator: "  ")
    }
  }

  private static func cells(_ name: String, _ change: SelectionChange) -> [String] {
    [
      name, "\(change.samples)", "\(change.before)", "\(change.after)", "\(change.kept)",
      "\(change.dropped)", "\(change.new)", number(change.rankCorrelation),
      "\(number(change.oldReward.before)) → \(number(change.oldReward.after))",
      "\(number(change.newReward.before)) → \(number(change.newReward.after))",
    ]
  }

  /// `rounds/001/images/000-01.png  5.1000 → 4.2000  selected → not the best of its prompt`.
  private static func line(_ sample: Sample) -> String {
    let keys = "\(number(sample.before?.key)) → \(number(sample.after.key))"
    let reasons = "\(sample.before?.reason ?? "not selected yet") → \(sample.after.reason)"
    return "\(sample.image ?? "(failed)")  \(keys)  \(reasons)"
  }

  private static func number(_ value: Double?) -> String {
    value.map(ScoreReport.number) ?? "-"
  }
}
