public import ArgumentParser
public import LoRA

/// What the adapter is, or where it comes from.
struct AdapterPlanOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Layers that get an adapter: \(AdapterLayers.groups.map(\.description).joined(separator: ", ")), or the end of layers' \
      names such as to_q; attention by default; may be repeated.
      """, valueName: "layers"))
  var targets: [String] = []

  @Option(help: ArgumentHelp("The adapter's rank; 4 by default.", valueName: "n"))
  var rank: Int?

  @Option(
    help: ArgumentHelp(
      "Scales the adapter by α/rank; by default the rank, so that the scale is 1.", valueName: "x"))
  var alpha: Double?

  @Flag(name: .customLong("rank-stabilised"), help: "Scale the adapter by α/√rank instead.")
  var isRankStabilised = false

  @Option(
    help: ArgumentHelp("Share of the adapter's inputs left out at each step.", valueName: "p"))
  var dropout = 0.0

  @Option(
    name: .customLong("init"),
    help: "How A begins: uniform as peft does, or gaussian as diffusers did; B begins as zero.")
  var initialisation: FactorInitialisation?

  @Option(
    help: ArgumentHelp(
      "Go on from this adapter; its layers, rank and α stay as they are.", valueName: "file"))
  var lora: String?

  func validate() throws {
    if lora != nil,
      !targets.isEmpty || rank != nil || alpha != nil || isRankStabilised || initialisation != nil
    {
      throw ValidationError(
        "--lora brings its layers, rank and α along; leave out --targets, --rank, --alpha, "
          + "--rank-stabilised and --init.")
    }
    do {
      try plan.validate()
    } catch {
      throw ValidationError("\(error).")
    }
  }

  /// The adapter to make where none is given.
  var plan: AdapterPlan {
    AdapterPlan(
      layers: targets.isEmpty ? [.attention] : targets.map(AdapterLayers.init), rank: rank ?? 4,
      alpha: alpha, isRankStabilised: isRankStabilised, dropout: dropout,
      initialisation: initialisation ?? .peft)
  }
}

extension FactorInitialisation: ExpressibleByArgument {}
