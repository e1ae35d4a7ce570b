package import RAFT

/// Where everything of a run is, by convention. Nothing is looked up.
package struct RunPaths: Sendable, Equatable {
  /// The run's folder, without a slash at its end.
  package let folder: String

  static let recipeName = "recipe.yaml"
  static let ledgerName = "ledger.sqlite"
  static let lockName = ".lock"

  /// The run in `folder`.
  package init(_ folder: String) {
    var folder = folder[...]
    while folder.count > 1, folder.last == "/" { folder.removeLast() }
    self.folder = String(folder)
  }

  /// The absolute path, or the one beside `folder`, of a path relative to the run.
  package func path(_ relative: String) -> String {
    folder == "/" ? "/\(relative)" : "\(folder)/\(relative)"
  }

  // MARK: Files of the run

  /// The resolved settings.
  package var recipe: String { path(Self.recipeName) }

  /// What was sampled, scored, selected and trained.
  package var ledger: String { path(Self.ledgerName) }

  /// A line of numbers for each round.
  package var metrics: String { path("metrics.jsonl") }

  /// The report for people.
  package var report: String { path("report.html") }

  /// The numbers of the test, once it is whole.
  package var test: String { path("test.json") }

  /// A link to the best round's checkpoint.
  package var best: String { path("best") }

  /// The control arm: a run of its own.
  package var control: RunPaths { RunPaths(path("control")) }

  var lock: String { path(Self.lockName) }

  // MARK: Files of a round, relative to the run

  /// The folder of a round's samples: `rounds/001`, `dev/001` or `test/001`.
  package func round(_ round: Int, of split: Split = .train) -> String {
    let parent = split == .train ? "rounds" : split.rawValue
    return "\(parent)/\(Self.padded(round, 3))"
  }

  /// A round's picture for people.
  package func grid(_ round: Int, of split: Split = .train) -> String {
    "\(self.round(round, of: split))/grid.png"
  }

  /// The image of a sample: `rounds/001/images/012-07.png` for the eighth of the prompt 12.
  package func image(_ address: SampleAddress) -> String {
    let name = "\(Self.padded(address.prompt, 3))-\(Self.padded(address.index, 2)).png"
    return "\(round(address.round, of: address.split))/images/\(name)"
  }

  /// The latents of all of a round's samples in one file, for people and other tools.
  package func latents(_ round: Int, of split: Split = .train) -> String {
    "\(self.round(round, of: split))/latents.safetensors"
  }

  /// The latents of one batch of a round's samples: `rounds/001/latents/0003.safetensors`.
  package func latents(_ round: Int, of split: Split = .train, batch: Int) -> String {
    "\(self.round(round, of: split))/latents/\(Self.padded(batch, 4)).safetensors"
  }

  // MARK: Checkpoints

  /// The adapter as a round left it.
  package func checkpoint(_ round: Int) -> CheckpointPaths {
    CheckpointPaths(folder: path(checkpointName(round)), run: name)
  }

  /// A checkpoint's folder relative to the run: `checkpoints/001`.
  package func checkpointName(_ round: Int) -> String { "checkpoints/\(Self.padded(round, 3))" }

  /// What the run is called: its folder's name; `run` for a folder that has none, as `.`.
  package var name: String {
    let last = folder.split(separator: "/").last.map { String($0) } ?? ""
    return ["", ".", ".."].contains(last) ? "run" : last
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(width - digits.count, 0)) + digits
  }
}
