internal import ArgumentParser

/// Whether a new run learns from the new selection.
struct RerankTrainingOptions: ParsableArguments {
  @Flag(
    help: """
      Train a new run on the new selection: by the run's recipe but for what is changed here, its samples round by \
      round being those of the old run, whoever made them; with β, it measures how far it moves itself. align --resume \
      goes on with it.
      """)
  var train = false

  @Option(
    help: ArgumentHelp("The new run's folder; made if absent.", valueName: "dir"))
  var out: String?

  func validate() throws {
    if train, out == nil { throw ValidationError("--train needs a folder: name it with --out.") }
    if !train, out != nil { throw ValidationError("--out is for --train; give both or neither.") }
  }
}
