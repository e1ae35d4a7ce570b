package import Files
public import NN

/// The sizes of CLIP's text tower, from `text_encoder/config.json` or a CLIP's `text_config`.
public struct TextConfiguration: Sendable, Equatable {
  /// Tokens in the vocabulary, `V`.
  public let vocabularySize: Int

  /// Width of a hidden state, `D`.
  public let width: Int

  /// Width inside a block's MLP.
  public let intermediateWidth: Int

  /// Blocks.
  public let layers: Int

  /// Attention heads in a block.
  public let heads: Int

  /// Text positions, `T`.
  public let positions: Int

  /// The function inside a block's MLP.
  public let activation: Activation

  /// ε of the layer norms.
  public let normEpsilon: Double

  /// - Parameter appliesDefaults: gives absent sizes the values that transformers gives them, those
  ///   of ViT-B/32; else an absent size is an error.
  package init(_ file: ConfigurationFile, appliesDefaults: Bool = false) throws {
    func standard(_ value: Int) -> Int? { appliesDefaults ? value : nil }
    vocabularySize = try file.integer("vocab_size", in: 1...1 << 24, default: 49408)
    width = try file.positive("hidden_size", default: standard(512))
    intermediateWidth = try file.positive("intermediate_size", default: standard(2048))
    layers = try file.positive("num_hidden_layers", default: standard(12))
    heads = try file.positive("num_attention_heads", default: standard(8))
    positions = try file.positive("max_position_embeddings", default: 77)
    activation = try file.choice("hidden_act", default: .quickGelu)
    normEpsilon = try file.number("layer_norm_eps", default: 1e-5)
    guard width % heads == 0 else {
      throw file.wrong("num_attention_heads", expected: "a divisor of hidden_size, \(width)")
    }
  }
}
