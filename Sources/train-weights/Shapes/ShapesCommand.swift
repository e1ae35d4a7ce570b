internal import ArgumentParser
internal import Torch

/// Makes the model under `weights/shapes`.
struct ShapesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shapes",
    abstract: "Trains the model of scenes of shapes, in the layout of Stable Diffusion 1.5.",
    discussion: """
      Goes on where it was stopped: parts that are finished are passed over, and a part in the middle \
      continues from what it last saved, at most a minute before. The same seed and settings end in the \
      same weights, on the same machine with the same number of threads.
      """)

  @Option(help: ArgumentHelp("Folder for what is not finished yet.", valueName: "folder"))
  var state: String

  @Option(help: ArgumentHelp("Folder for the finished model.", valueName: "folder"))
  var out: String

  @Option(
    help: ArgumentHelp("Make this part alone; may be given more than once.", valueName: "part"))
  var only: [ShapesPart] = []

  @Option(help: "What all random numbers follow from.")
  var seed: UInt64 = 1

  @Option(help: "Threads to compute with; all processors when not given.")
  var threads: Int?

  @Flag(help: "Train hardly at all, to see in a minute that every part works.")
  var quick = false

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must lie in 1…1024.")
    }
  }

  func run() throws {
    if let threads { Machine.threadCount = threads }
    let training = ShapesTraining(
      settings: quick ? .quick : .full, seed: seed, work: try WorkFolder(state), out: out)
    for part in ShapesPart.allCases where only.isEmpty || only.contains(part) {
      try training.run(part)
    }
  }
}
