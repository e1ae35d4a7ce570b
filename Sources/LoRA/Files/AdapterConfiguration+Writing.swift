internal import Files
internal import Foundation

/// Writing what PEFT, and diffusers in a file's metadata, call a LoraConfig.
extension AdapterConfiguration {
  /// The commonest rank and alpha, and patterns for layers that have others.
  ///
  /// - Parameters:
  ///   - layers: name, rank and alpha of each.
  ///   - isRankStabilised: whether the scale is α/√r.
  ///   - base: what the adapter was trained on.
  static func members(
    of layers: [(name: String, rank: Int, alpha: Double)], isRankStabilised: Bool = false,
    base: String? = nil
  ) -> [JSONValue.Member] {
    let rank = layers.map(\.rank).commonest ?? 1
    let alpha = layers.map(\.alpha).commonest ?? Double(rank)
    let ranks = layers.filter { $0.rank != rank }.map {
      JSONValue.Member(key: $0.name, value: .integer($0.rank))
    }
    let alphas = layers.filter { $0.alpha != alpha }.map {
      JSONValue.Member(key: $0.name, value: number($0.alpha))
    }
    let values: [(String, JSONValue)] = [
      ("alpha_pattern", .object(alphas)),
      ("base_model_name_or_path", base.map { .string($0) } ?? .null),
      ("bias", .string("none")), ("fan_in_fan_out", .bool(false)), ("inference_mode", .bool(true)),
      ("init_lora_weights", .bool(true)), ("layers_pattern", .null),
      ("layers_to_transform", .null), ("lora_alpha", number(alpha)), ("lora_dropout", .number(0)),
      ("modules_to_save", .null), ("peft_type", .string("LORA")), ("r", .integer(rank)),
      ("rank_pattern", .object(ranks)),
      ("target_modules", .array(layers.map { .string($0.name) })), ("task_type", .null),
      ("use_dora", .bool(false)), ("use_rslora", .bool(isRankStabilised)),
    ]
    return values.map { .init(key: $0.0, value: $0.1) }
  }

  /// JSON as Python writes it with sorted keys.
  static func text(of members: [JSONValue.Member]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(JSONValue.object(members)), as: UTF8.self)
  }

  private static func number(_ value: Double) -> JSONValue {
    Int(exactly: value).map { .integer($0) } ?? .number(value)
  }
}
