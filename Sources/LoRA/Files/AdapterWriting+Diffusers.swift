internal import Files
internal import Foundation
internal import Torch

extension AdapterWeights {
  /// `pytorch_lora_weights.safetensors` as diffusers reads it whichever its version.
  ///
  /// The file has no tensor for α and older versions read no metadata, so the scale is folded into B
  /// and the metadata say α = r. Where all targets are attention projections the names are those of
  /// diffusers' training script; else every name is PEFT's, because diffusers reads a file that
  /// mixes both only in part.
  func diffusersContents() throws -> AdapterContents {
    var items: [(name: String, tensor: Tensor)] = []
    var configuration: [JSONValue.Member] = []
    for component in components {
      let layers = layers(of: component)
      for (name, factors) in layers {
        let names = Self.diffusersNames(component, name, isAttention: isAttentionOnly)
        items.append((names.down, factors.down))
        items.append((names.up, try factors.up * factors.scale))
      }
      let ranks = layers.map { ($0.name, $0.factors.rank) }
      configuration += Self.configuration(ranks.map { ($0, $1, Double($1)) }, false, nil)
        .map { .init(key: "\(component.rawValue).\($0.key)", value: $0.value) }
    }
    let text = try Self.json(.object(configuration))
    let metadata = notes.merging(["lora_adapter_metadata": text]) { _, new in new }
    return AdapterContents(tensors: [.init(name: "", items: items, metadata: metadata)])
  }

  private var isAttentionOnly: Bool {
    layers.keys.allSatisfy { layer in
      layer.component == .textEncoder
        || ["to_q", "to_k", "to_v", "to_out.0"].contains { layer.name.hasSuffix(".\($0)") }
    }
  }

  private static func diffusersNames(
    _ component: AdapterComponent, _ name: String, isAttention: Bool
  ) -> (down: String, up: String) {
    switch component {
    case .unet where isAttention:
      ("unet.\(name).lora.down.weight", "unet.\(name).lora.up.weight")
    case .unet: ("unet.\(name).lora_A.weight", "unet.\(name).lora_B.weight")
    case .textEncoder:
      (
        "text_encoder.text_model.\(name).lora_linear_layer.down.weight",
        "text_encoder.text_model.\(name).lora_linear_layer.up.weight"
      )
    }
  }

  /// A LoraConfig: the commonest rank and alpha, and patterns for layers that have others.
  ///
  /// - Parameter layers: name, rank and alpha of each.
  static func configuration(
    _ layers: [(name: String, rank: Int, alpha: Double)], _ isRankStabilised: Bool, _ base: String?
  ) -> [JSONValue.Member] {
    let rank = commonest(layers.map(\.rank)) ?? 1
    let alpha = commonest(layers.map(\.alpha)) ?? Double(rank)
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
  static func json(_ value: JSONValue) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// The value that stands most often, the smallest of several such.
  static func commonest<Value: Hashable & Comparable>(_ values: [Value]) -> Value? {
    Dictionary(values.map { ($0, 1) }, uniquingKeysWith: +)
      .max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
  }

  private static func number(_ value: Double) -> JSONValue {
    Int(exactly: value).map { .integer($0) } ?? .number(value)
  }
}
