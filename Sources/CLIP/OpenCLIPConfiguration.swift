package import Files
package import NN

/// What an `open_clip_config.json` says, or what the shapes of open_clip's tensors say where there
/// is none, under transformers' keys.
package enum OpenCLIPConfiguration {
  /// Reads an `open_clip_config.json`.
  ///
  /// - Parameter activation: what both towers use whatever the file says; nil for what it says.
  package static func read(_ file: ConfigurationFile, activation: Activation?) throws
    -> CLIPConfiguration
  {
    let model = try part("model_cfg", of: file)
    let (vision, text) = try (part("vision_cfg", of: model), part("text_cfg", of: model))
    try refuseVariants(model, vision, text)
    let isQuick = try model.bool("quick_gelu", default: false)
    let name = (activation ?? (isQuick ? .quickGelu : .gelu)).rawValue
    let width = try vision.positive("width", default: 768)
    let textWidth = try text.positive("width", default: 512)
    let headWidth = try vision.positive("head_width", default: 64)
    guard width % headWidth == 0 else {
      throw vision.wrong("head_width", expected: "a divisor of width, \(width)")
    }
    let (ratio, textRatio) = try (
      vision.number("mlp_ratio", default: 4), text.number("mlp_ratio", default: 4)
    )
    let image = vision["image_size"] ?? .integer(224)
    let patch = vision["patch_size"] ?? .integer(16)
    return try CLIPConfiguration(
      ConfigurationFile(
        [
          "model_type": .string("clip"),
          "projection_dim": .integer(model.positive("embed_dim", default: 512)),
          "vision_config": object([
            "hidden_size": .integer(width), "intermediate_size": .integer(product(width, ratio)),
            "num_hidden_layers": .integer(vision.positive("layers", default: 12)),
            "num_attention_heads": .integer(width / headWidth), "image_size": image,
            "patch_size": patch, "hidden_act": .string(name),
          ]),
          "text_config": object([
            "vocab_size": .integer(text.positive("vocab_size", default: 49408)),
            "hidden_size": .integer(textWidth),
            "intermediate_size": .integer(product(textWidth, textRatio)),
            "num_hidden_layers": .integer(text.positive("layers", default: 12)),
            "num_attention_heads": .integer(text.positive("heads", default: 8)),
            "max_position_embeddings": .integer(text.positive("context_length", default: 77)),
            "hidden_act": .string(name), "eos_token_id": .integer(2),
          ]),
        ], path: file.path))
  }

  /// Reads the sizes off the shapes of `tensors`, which have transformers' names.
  ///
  /// - Parameter path: what messages call the file.
  /// - Throws: `CLIPError.noHeads` where a width does not tell the number of heads.
  static func inferred(_ tensors: CLIPTensors, activation: Activation) throws
    -> CLIPConfiguration
  {
    func shape(_ name: String, rank: Int) throws -> [Int] {
      guard let shape = tensors.entries[name]?.shape, shape.count == rank else {
        throw WeightsError.mismatch(source: tensors.path, missing: [name], wrong: [], unused: [])
      }
      return shape
    }
    func tower(_ tower: String, heads: [Int: Int]) throws -> [String: JSONValue] {
      let mlp = try shape("\(tower).encoder.layers.0.mlp.fc1.weight", rank: 2)
      let layers = (0..<1024).prefix {
        tensors.entries["\(tower).encoder.layers.\($0).mlp.fc1.weight"] != nil
      }.count
      let headWidth = heads[mlp[1]] ?? 64
      guard mlp[1] % headWidth == 0 else {
        throw CLIPError.noHeads(path: tensors.path, width: mlp[1])
      }
      return [
        "hidden_size": .integer(mlp[1]), "intermediate_size": .integer(mlp[0]),
        "num_hidden_layers": .integer(layers), "num_attention_heads": .integer(mlp[1] / headWidth),
        "hidden_act": .string(activation.rawValue),
      ]
    }
    var vision = try tower("vision_model", heads: visionHeadWidths)
    let patch = try shape("vision_model.embeddings.patch_embedding.weight", rank: 4)[3]
    let positions = try shape("vision_model.embeddings.position_embedding.weight", rank: 2)[0]
    let side = Int(Double(positions - 1).squareRoot().rounded())
    vision["patch_size"] = .integer(patch)
    vision["image_size"] = .integer(side * patch)
    var text = try tower("text_model", heads: [:])
    text["vocab_size"] = .integer(
      try shape("text_model.embeddings.token_embedding.weight", rank: 2)[0])
    text["max_position_embeddings"] = .integer(
      try shape("text_model.embeddings.position_embedding.weight", rank: 2)[0])
    text["eos_token_id"] = .integer(2)
    let projection = try shape("visual_projection.weight", rank: 2)[0]
    return try CLIPConfiguration(
      ConfigurationFile(
        [
          "model_type": .string("clip"), "projection_dim": .integer(projection),
          "vision_config": object(vision), "text_config": object(text),
        ], path: tensors.path))
  }

  /// The widths of heads in the towers of open_clip that do not have 64: ViT-H, -g, -bigG and -e.
  private static let visionHeadWidths = [1280: 80, 1408: 88, 1664: 104, 1792: 112]

  private static func refuseVariants(
    _ model: ConfigurationFile, _ vision: ConfigurationFile, _ text: ConfigurationFile
  ) throws {
    let advice = "only plain vision transformers with a plain text tower are supported"
    for (file, keys) in [
      (model, ["multimodal_cfg"]),
      (vision, ["timm_model_name", "ls_init_value", "act_kwargs", "norm_kwargs"]),
      (text, ["hf_model_name", "ls_init_value", "act_kwargs", "norm_kwargs"]),
    ] {
      for key in keys where file.contains(key) { throw file.refused(key, because: advice) }
    }
    for (file, keys) in [
      (vision, ["attentional_pool", "no_ln_pre", "final_ln_after_pool"]),
      (text, ["embed_cls", "no_causal_mask"]),
    ] {
      for key in keys where try file.bool(key, default: false) {
        throw file.refused(key, because: advice)
      }
    }
    // Another vocabulary, or other rules, would give a text other tokens than CLIP's.
    if let name = text["hf_tokenizer_name"], name.string?.isEmpty != true {
      throw text.refused("hf_tokenizer_name", because: "only CLIP's own vocabulary is supported")
    }
    switch text["tokenizer_kwargs"] {
    case nil: break
    case .object(let options)? where options.isEmpty: break
    case .some:
      throw text.refused("tokenizer_kwargs", because: "only CLIP's own rules are supported")
    }
    try vision.require("pool_type", .string("tok"))
    try vision.require("pos_embed_type", .string("learnable"))
    try text.require("pool_type", .string("argmax"))
    if case .array? = vision["layers"] {
      throw vision.refused("layers", because: "it is a ResNet; \(advice)")
    }
  }

  private static func part(_ key: String, of file: ConfigurationFile) throws -> ConfigurationFile {
    guard let part = file.part(key) else {
      throw file.wrong(key, expected: "an object of keys and values")
    }
    return part
  }

  private static func object(_ values: [String: JSONValue]) -> JSONValue {
    .object(values.map { JSONValue.Member(key: $0.key, value: $0.value) })
  }

  /// `width · ratio` cut down to a whole number, as open_clip does it.
  private static func product(_ width: Int, _ ratio: Double) -> Int {
    Int(max(min(Double(width) * ratio, 1_048_576), 0))
  }
}
