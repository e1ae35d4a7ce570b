public import ArgumentParser
public import LoRA

/// What the adapter is, or where it comes from.
struct AdapterPlanOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Layers that get an adapter: attention (the default), linear, convolution, text-encoder, text-attention, all (linear and \
      convolution), or the end of layers' names such as to_q; may be repeated.
      """, valueName: "layers"))
  var targets: [String] = []

  @Flag(help: "Adapt the text encoder too.")
  var textEncoder = false

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
      !targets.isEmpty || textEncoder || rank != nil || alpha != nil
        || isRankStabilised || initialisation != nil
    {
      throw ValidationError(
        "--lora brings its layers, rank and α along; leave out --targets, --text-encoder, --rank, --alpha, "
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
    var layers: [AdapterLayers] = targets.flatMap {
      $0 == "all" ? [.linear, .convolution] : [AdapterLayers($0)]
    }
    if layers.isEmpty { layers = [.attention] }
    if textEncoder { layers.append(.textEncoder) }
    return AdapterPlan(
      layers: layers, rank: rank ?? 4, alpha: alpha, isRankStabilised: isRankStabilised,
      dropout: dropout, initialisation: initialisation ?? .peft)
  }
}

extension FactorInitialisation: ExpressibleByArgument {}
