extension RunReport {
  /// The arms on the test prompts, a line for each thing that they are compared with.
  var testTable: ReportTable {
    guard let test = summary.test else { return ReportTable(columns: [], rows: []) }
    var rows: [[String]] = []
    var emphasised: Set<Int> = []
    for arm in test.arms {
      if arm.role == .best { emphasised.insert(rows.count) }
      let name = [
        arm.name, arm.reward.map { NumberText.text($0) } ?? "",
        arm.watch.map { NumberText.text($0) } ?? "",
      ]
      let lines = arm.comparisons.map { comparison in
        [
          comparison.other, NumberText.text(comparison.difference, isSigned: true),
          comparison.probability.map(NumberText.probability) ?? "",
          comparison.winRate.map(NumberText.percent) ?? "",
        ]
      }
      rows.append(name + (lines.first ?? []))
      rows += lines.dropFirst().map { ["", "", ""] + $0 }
    }
    let notes = Set(test.arms.flatMap { $0.comparisons.compactMap(\.intervalNote) }).sorted()
    let dropped = test.arms.flatMap(\.comparisons).map(\.droppedPairs).max() ?? 0
    return ReportTable(
      columns: [
        .init("arm"), .init(summary.rewardName, isNumeric: true),
        .init(summary.watchName, isNumeric: true), .init("compared with"),
        .init("difference", isNumeric: true), .init("p", isNumeric: true),
        .init("wins", isNumeric: true),
      ],
      rows: rows, emphasised: emphasised,
      note: "\(test.prompts) prompts, \(test.seeds) seeds of each, the same for every arm; "
        + "differences (the arm less what it is compared with) are paired, intervals are 95 %."
        + (dropped == 0
          ? "" : " Up to \(dropped) pairs are left out: an image of theirs has no score.")
        + notes.map { " \($0.prefix(1).uppercased())\($0.dropFirst())." }.joined())
  }

  /// The rounds' main numbers; columns of which nothing is known are left out.
  var roundTable: ReportTable {
    let columns: [(String, (RunSummary.Round) -> String?)] = [
      ("mean of all", { $0.rewardMean.map(NumberText.short) }),
      ("best of each prompt", { $0.rewardBest.map(NumberText.short) }),
      ("selected", { $0.rewardSelected.map(NumberText.short) }),
      ("dev reward", { $0.devReward.map { NumberText.text($0) } }),
      ("dev, watched", { $0.devWatch.map { NumberText.text($0) } }),
      ("drift", { $0.drift.map(NumberText.short) }),
      ("diversity", { $0.diversity.map(NumberText.short) }),
      ("MMD", { $0.mmd.map(NumberText.short) }),
      ("loss", { $0.loss.map(NumberText.short) }),
      ("time", { round in Self.time(of: round).map(NumberText.duration) }),
    ]
    let known = columns.filter { _, text in summary.rounds.contains { text($0) != nil } }
    guard !known.isEmpty else { return ReportTable(columns: [], rows: []) }
    return ReportTable(
      columns: [.init("round", isNumeric: true)] + known.map { .init($0.0, isNumeric: true) },
      rows: summary.rounds.map { round in
        [round.number == 0 ? "base" : String(round.number)] + known.map { $0.1(round) ?? "" }
      },
      emphasised: Set(
        summary.rounds.indices.filter {
          summary.rounds[$0].number == summary.bestRound
        }))
  }

  /// How often each prompt was selected over all rounds, the most often first.
  var promptBars: BarChart {
    let most = 60
    let counts = summary.promptCounts
    let sorted = counts.enumerated().sorted {
      ($1.element.selected, $0.offset) < ($0.element.selected, $1.offset)
    }
    // Of many prompts the ends are what matters.
    let shown =
      sorted.count <= most ? sorted : Array(sorted.prefix(most / 2) + sorted.suffix(most / 2))
    let note =
      shown.count < sorted.count
      ? "The \(most / 2) most and the \(most / 2) least often selected of \(sorted.count)." : ""
    return BarChart(
      "How often each prompt was selected",
      shown.map {
        let count = $0.element
        return .init(
          count.prompt, Double(count.selected), text: "\(count.selected) of \(count.sampled)")
      },
      note: note)
  }

  /// Why samples count for nothing, a line a round and reason.
  var exclusionTable: ReportTable {
    ReportTable(
      columns: [
        .init("round", isNumeric: true), .init("left out", isNumeric: true),
        .init("of", isNumeric: true), .init("why"),
      ],
      rows: summary.rounds.flatMap { round in
        round.exclusions.filter { $0.count > 0 }.map {
          [
            String(round.number), String($0.count), round.samples.map(String.init) ?? "",
            $0.reason,
          ]
        }
      })
  }

  /// How long each stage of each round took.
  var timeTable: ReportTable {
    var stages: [String] = []
    for time in summary.rounds.flatMap(\.seconds) where !stages.contains(time.stage) {
      stages.append(time.stage)
    }
    let timed = summary.rounds.filter { !$0.seconds.isEmpty }
    return ReportTable(
      columns: [.init("round", isNumeric: true)]
        + (stages + ["together"]).map { .init($0, isNumeric: true) },
      rows: timed.map { round in
        [String(round.number)]
          + stages.map { stage in
            round.seconds.first { $0.stage == stage }.map { NumberText.duration($0.seconds) } ?? ""
          } + [Self.time(of: round).map(NumberText.duration) ?? ""]
      })
  }

  private static func time(of round: RunSummary.Round) -> Double? {
    round.seconds.isEmpty ? nil : round.seconds.reduce(0) { $0 + $1.seconds }
  }
}
