internal import ArgumentParser
internal import LoRA

/// What the adapter is.
struct AlignAdapterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Layers that get an adapter, as tune has them.", valueName: "layers"))
  var targets: [String] = []

  @Option(help: ArgumentHelp("The adapter's rank.", valueName: "n"))
  var rank: Int?

  @Option(help: ArgumentHelp("Scales the adapter by α/rank; the rank by default.", valueName: "x"))
  var alpha: Double?

  @Option(
    help: ArgumentHelp(
      "Share of the adapter's inputs left out at each step.", valueName: "p"))
  var dropout: Double?

  @Option(name: .customLong("init"), help: "How A begins: uniform as peft does, or gaussian.")
  var initialisation: FactorInitialisation?

  @Option(help: ArgumentHelp("Go on from this adapter.", valueName: "file"))
  var lora: String?
}
