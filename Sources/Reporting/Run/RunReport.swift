internal import Imaging

/// The page of a run: the result first, then what stands out, curves, tables, pictures and recipe.
/// What is not known is left out.
package struct RunReport: Sendable, Equatable {
  /// What is told.
  package let summary: RunSummary

  /// The grids in the order in which they are shown.
  package let grids: [ReportPicture]

  /// A page of a run's numbers and pictures.
  package init(_ summary: RunSummary, grids: [ReportPicture] = []) {
    self.summary = summary
    self.grids = grids
  }

  /// The page, one self-contained file.
  package var html: String { report.rendered() }

  /// The page as values.
  var report: HTMLReport {
    HTMLReport(
      title: summary.name, subtitle: summary.about, verdict: summary.verdict, facts: summary.facts,
      sections: [
        .init("What stands out", summary.remarks().map { .callout($0.tone, $0.text) }),
        .init("Test prompts", [.table(testTable)]),
        .init("Rewards", [.charts(rewardCharts), .table(roundTable)]),
        .init("Over-optimisation panel", [.charts(panelCharts)]),
        .init("Images", grids.isEmpty ? [] : [.pictures(grids)]),
        .init("What the images look like", [.charts(lookCharts)]),
        .init("Prompts", [.bars(promptBars)]),
        .init("Samples left out, and time", [.table(exclusionTable), .table(timeTable)]),
        .init("Recipe", [.verbatim(summary.recipe)]),
      ])
  }

  /// The round that every chart points out.
  private var marker: LineChart.Marker? {
    guard let best = summary.bestRound, let last = summary.rounds.map(\.number).max() else {
      return nil
    }
    if best == 0 { return .init(round: 0, label: "keep the base") }
    let label = best < last ? "stop here: round \(best)" : "best: round \(best)"
    return .init(round: best, label: label)
  }

  private func chart(_ title: String, unit: String = "", _ series: [Series], note: String = "")
    -> LineChart
  {
    LineChart(title, unit: unit, series, marker: marker, note: note)
  }

  // MARK: Rewards

  private var rewardCharts: [LineChart] {
    let control = summary.controlRounds
    return [
      chart(
        "Dev reward", unit: summary.rewardName,
        [
          summary.curve("dev prompts", of: nil, \.devReward),
          summary.curve("control: random selection", of: control, \.devReward),
        ],
        note: "Prompts and seeds that nothing was learned from; they decide which round is best. "
          + "Bands are one standard error over prompts to either side."
      ),
      chart(
        "Reward of the training samples", unit: summary.rewardName,
        [
          summary.curve("selected", \.rewardSelected),
          summary.curve("best of each prompt", \.rewardBest),
          summary.curve("all", \.rewardMean),
        ]),
      chart(
        "Watched reward", unit: summary.watchName,
        [
          summary.curve("dev prompts", of: nil, \.devWatch),
          summary.curve("control: random selection", of: control, \.devWatch),
        ],
        note: "Not optimised: where it falls while the dev reward rises, the reward is being gamed."
      ),
      chart(
        "Gain of a round", unit: summary.rewardName,
        [
          summary.curve("predicted by selection", \.gainPredicted),
          summary.curve("that came", \.gainActual),
        ]),
    ]
  }

  // MARK: The panel

  private var panelCharts: [LineChart] {
    [
      chart(
        "Spread within prompts", unit: summary.rewardName,
        [summary.curve("standard deviation", \.rewardSpread)],
        note: "Without a spread there is nothing to select."),
      chart(
        "Drift", unit: "E‖ε − ε_base‖² per dimension",
        [
          summary.curve("with selection", \.drift),
          summary.curve("control: random selection", of: summary.controlRounds) {
            $0.drift.map { Estimate($0) }
          },
        ]),
      chart(
        "Adapter norms", unit: "‖sBA‖ / ‖W‖",
        summary.blocks.map { block in
          summary.curve(block) { $0.adapterNorms.first { $0.block == block }?.ratio }
        }),
      chart(
        "Diversity", unit: "mean CLIP distance within a prompt",
        [summary.curve("dev images", \.diversity)]),
      chart(
        "Distance to the base's own images", unit: "CLIP MMD² × 1000",
        [summary.curve("dev images", \.mmd)]),
      chart("Loss", unit: "mean over the round's steps", [summary.curve("loss", \.loss)]),
    ]
  }

  private var lookCharts: [LineChart] {
    [
      chart(
        "Brightness and contrast", unit: "of 1",
        [
          summary.curve("brightness") { $0.imageStatistics?.brightness },
          summary.curve("contrast") { $0.imageStatistics?.contrast },
        ]),
      chart(
        "Saturation", unit: "mean chroma, of 1",
        [summary.curve("saturation") { $0.imageStatistics?.saturation }]),
      chart(
        "Edges and black", unit: "share of pixels",
        [
          summary.curve("edge density") { $0.imageStatistics?.edgeDensity },
          summary.curve("near black") { $0.imageStatistics?.nearBlackFraction },
        ]),
      chart(
        "Colour entropy", unit: "bits of 9",
        [summary.curve("colour entropy") { $0.imageStatistics?.colourEntropy }]),
    ]
  }
}
