internal import Files

/// The numbers of a PEFT configuration that a file's tensors do not tell: `adapter_config.json`, or
/// what diffusers writes into a file's metadata under `lora_adapter_metadata`.
struct AdapterConfiguration {
  /// What messages call it.
  let source: String

  private let rank: Int
  private let alpha: Double
  private let ranks: [LayerPattern: Int]
  private let alphas: [LayerPattern: Double]
  private let rankOrder: [LayerPattern]
  private let alphaOrder: [LayerPattern]

  /// The ends of layers' names that were trained; nil where that is not said by a plain list.
  private let targets: [String]?

  /// Whether the scale is α/√r.
  let isRankStabilised: Bool

  /// Reads a configuration.
  ///
  /// - Throws: `ConfigurationError`, or `AdapterFileError.unsupported` for what changes the arithmetic
  ///   and is not done here.
  init(_ file: ConfigurationFile) throws {
    source = file.path
    try Self.refuseOthers(file)
    rank = try file.integer("r", in: 1...65536, default: 8)
    alpha = try file.number("lora_alpha", default: 8)
    isRankStabilised = try file.bool("use_rslora", default: false)
    let excluding = ["exclude_modules", "layers_to_transform", "layers_pattern"]
    let names = excluding.contains(where: file.contains) ? nil : file["target_modules"]?.array
    targets = names?.compactMap(\.string)
    (rankOrder, ranks) = try Self.pattern("rank_pattern", file) { value in
      value.integer.flatMap { $0 > 0 ? $0 : nil }
    }
    (alphaOrder, alphas) = try Self.pattern("alpha_pattern", file) { value in
      value.number.flatMap { $0.isFinite ? $0 : nil }
    }
  }

  /// The rank that a layer's factors should have.
  func rank(of layer: LayerAddress) -> Int {
    rankOrder.first { Self.matches($0, layer) }.flatMap { ranks[$0] } ?? rank
  }

  /// α of a layer.
  func alpha(of layer: LayerAddress) -> Double {
    alphaOrder.first { Self.matches($0, layer) }.flatMap { alphas[$0] } ?? alpha
  }

  /// Whether the configuration says which layers were trained.
  var namesTargets: Bool { targets != nil }

  /// Whether the layer was trained, so that a file without factors for it is not whole.
  func isTarget(_ layer: LayerAddress) -> Bool {
    [layer.name, "text_model.\(layer.name)"].contains { name in
      targets?.contains { name == $0 || name.hasSuffix(".\($0)") } ?? false
    }
  }

  /// A text encoder's layers had `text_model.` in front before transformers 5.
  private static func matches(_ pattern: LayerPattern, _ layer: LayerAddress) -> Bool {
    pattern.matches(layer.name)
      || (layer.component == .textEncoder && pattern.matches("text_model." + layer.name))
  }

  private static func pattern<Value>(
    _ key: String, _ file: ConfigurationFile, _ read: (JSONValue) -> Value?
  ) throws -> (order: [LayerPattern], values: [LayerPattern: Value]) {
    guard let value = file[key] else { return ([], [:]) }
    guard case .object(let members) = value else {
      throw file.wrong(key, expected: "an object of layers and numbers")
    }
    var order: [LayerPattern] = []
    var values: [LayerPattern: Value] = [:]
    for member in members {
      guard let pattern = LayerPattern(member.key), let number = read(member.value) else {
        throw file.wrong(key, expected: "an object of layers and numbers")
      }
      order.append(pattern)
      values[pattern] = number
    }
    return (order, values)
  }

  /// What PEFT can do besides and would be lost without a word.
  private static func refuseOthers(_ file: ConfigurationFile) throws {
    func refuse(_ kind: String, _ key: String, _ advice: String) -> AdapterFileError {
      .unsupported(
        file: file.path, kind: kind, example: "“\(key)” is \(file[key]?.text ?? "null")",
        advice: advice)
    }
    let merging = "merge it into its base with PEFT and give the model"
    if let type = file["peft_type"]?.string, type.uppercased() != "LORA" {
      let known = ["LOHA": "LoHa", "LOKR": "LoKr", "ADALORA": "AdaLoRA", "VERA": "VeRA"]
      throw refuse("a \(known[type.uppercased()] ?? type) adapter", "peft_type", merging)
    }
    for (key, kind) in [
      ("use_dora", "a DoRA adapter"), ("lora_bias", "a LoRA with biases"),
      ("use_qalora", "a QA-LoRA adapter"),
    ] where file[key]?.bool == true {
      throw refuse(kind, key, merging)
    }
    if let bias = file["bias"]?.string, bias != "none" {
      throw refuse("a LoRA that trains the base's biases", "bias", "train it with bias none")
    }
    if let modules = file["modules_to_save"]?.array, !modules.isEmpty {
      throw refuse(
        "an adapter that brings whole layers along", "modules_to_save",
        "train it without modules_to_save")
    }
    for (key, kind) in [
      ("trainable_token_indices", "an adapter that trains tokens"),
      ("target_parameters", "a LoRA on bare parameters"),
      ("alora_invocation_tokens", "an activated LoRA"), ("arrow_config", "an Arrow router"),
      ("layer_replication", "an adapter that repeats layers"), ("kasa_config", "a KaSA adapter"),
      ("monteclora_config", "a MonteCLoRA adapter"), ("use_bdlora", "a BD-LoRA adapter"),
    ] where file.contains(key) {
      throw refuse(kind, key, merging)
    }
    let start = file["init_lora_weights"]?.string?.lowercased() ?? ""
    for name in ["pissa", "olora", "corda", "loftq", "lora_ga"] where start.hasPrefix(name) {
      throw refuse(
        "a LoRA whose start changed the base's weights", "init_lora_weights",
        "save it with path_initial_model_for_weight_conversion, which makes it a plain LoRA")
    }
  }
}
