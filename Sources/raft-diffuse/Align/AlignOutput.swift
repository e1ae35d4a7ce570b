public import ArgumentParser
public import RunStore

/// Where the run is, and how far it goes now.
struct AlignOutput: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The run's folder, made if absent; by default a new one, runs/RECIPE-1 or the next number.",
      valueName: "dir"))
  var out: String?

  @Option(
    help: ArgumentHelp(
      """
      How to run: the model's own recipe of that name, else the one of recipes/, or a YAML file such as another run's \
      recipe.yaml.
      """, valueName: "name|file"))
  var recipe: String?

  @Flag(
    help:
      "Go on with the run in --out; --rounds, --patience, --budget, --max-samples may change.")
  var resume = false

  @Option(
    help: ArgumentHelp(
      "End after this stage of the first unfinished round: sample, score or select.",
      valueName: "stage"))
  var stopAfter: RunStage?

  @Flag(help: "Print what the run will cost and its recipe, and make nothing.")
  var dryRun = false

  @Option(
    help: ArgumentHelp("Images sampled at once; by default what fits.", valueName: "n"))
  var sampleBatch: Int?

  @Option(
    help: ArgumentHelp(
      "Save the training in the middle of a round after every so many steps.", valueName: "n"))
  var saveEvery = 20

  @Flag(
    help: "Print a machine-readable object for each round on standard output, and one at the end.")
  var json = false

  @Flag(help: "No progress and no notes.")
  var quiet = false

  func validate() throws {
    if resume, out == nil {
      throw ValidationError("--resume goes on with a run: name its folder with --out.")
    }
    if saveEvery < 1 { throw ValidationError("--save-every must be at least 1.") }
    if let sampleBatch, sampleBatch < 1 {
      throw ValidationError("--sample-batch must be at least 1.")
    }
    if let stopAfter, ![.sample, .score, .select].contains(stopAfter) {
      throw ValidationError("--stop-after takes sample, score or select.")
    }
  }
}

extension RunStage: ExpressibleByArgument {
  /// The stages that a run can be ended after.
  public static var allValueStrings: [String] { ["sample", "score", "select"] }
}
