internal import Files
internal import Foundation
internal import RAFT
internal import Recipes
package import Reporting
internal import RunStore

/// What a run leaves for people: report.html and TensorBoard's events. All of it is written anew
/// from the run's values, so it is whole whenever the run ends.
package struct RunReporter {
  private let run: AlignmentRun

  /// What is told besides the run's rounds: the control arm and the test.
  package var summary: RunSummary

  /// - Parameters:
  ///   - facts: names and values of the table on top.
  ///   - names: what the rewards are called.
  package init(
    _ run: AlignmentRun, facts: [HTMLReport.Fact], rewardName: String, watchName: String?
  ) throws {
    self.run = run
    summary = RunSummary()
    summary.name = run.recipe.name
    summary.about = run.recipe.about
    summary.facts = facts
    summary.rewardName = rewardName
    if let watchName { summary.watchName = watchName }
    summary.recipe = try run.recipe.yaml()
  }

  /// Writes everything as the run is now.
  package mutating func write() throws {
    summary.rounds = run.rounds
    summary.bestRound = run.rounds.isEmpty ? nil : run.bestRound
    summary.warnings = run.warnings
    summary.stopping = run.ending.map {
      .init(round: run.rounds.last?.number ?? 0, reason: "\($0)")
    }
    try writeReport()
    try writeEvents()
  }

  private func writeReport() throws {
    let paths = run.parts.directory.paths
    var pictures: [ReportPicture] = []
    let comparisons = [
      (paths.grid(0, of: .test), "Test images"), (paths.grid(0, of: .dev), "Dev images"),
    ]
    for (path, title) in comparisons where FileManager.default.fileExists(atPath: paths.path(path))
    {
      pictures.append(
        ReportPicture(
          try Picture(file: paths.path(path)), title: title,
          caption: "The same prompts and seeds in every column."))
    }
    for round in run.rounds.map(\.number) {
      let path = paths.path(paths.grid(round))
      guard FileManager.default.fileExists(atPath: path) else { continue }
      pictures.append(
        ReportPicture(
          try Picture(file: path), title: "Round \(round)",
          caption: "Of each prompt the best, the median and the worst sample."))
    }
    try AtomicFile.write(Array(RunReport(summary, grids: pictures).html.utf8), to: paths.report)
  }

  private func writeEvents() throws {
    let paths = run.parts.directory.paths
    let started = run.clock.started
    var file = EventFile(startedAt: started)
    var time = started
    for round in run.rounds {
      time += run.clock.seconds(ofRound: round.number)
      for event in round.events(wallTime: time) { file.append(event) }
      let rewards = try run.rewards(ofRound: round.number)
      if !rewards.isEmpty {
        file.append(
          BoardEvent("train/rewards", step: round.number, wallTime: time, .histogram(rewards)))
      }
      let grid = paths.path(paths.grid(round.number))
      if FileManager.default.fileExists(atPath: grid) {
        file.append(
          BoardEvent(
            "samples", step: round.number, wallTime: time, .picture(try Picture(file: grid))))
      }
    }
    let name = EventFile.name(startedAt: started, host: ProcessInfo.processInfo.hostName)
    try file.write(to: paths.path(name))
  }
}
