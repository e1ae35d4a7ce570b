package import Files
public import NN

/// The sizes of CLIP's text tower, from `text_encoder/config.json`.
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

  package init(_ file: ConfigurationFile) throws {
    vocabularySize = try file.integer("vocab_size", in: 1...1 << 24, default: 49408)
    width = try file.positive("hidden_size")
    intermediateWidth = try file.positive("intermediate_size")
    layers = try file.positive("num_hidden_layers")
    heads = try file.positive("num_attention_heads")
    positions = try file.positive("max_position_embeddings", default: 77)
    activation = try file.choice("hidden_act", default: .quickGelu)
    normEpsilon = try file.number("layer_norm_eps", default: 1e-5)
    guard width % heads == 0 else {
      throw file.wrong("num_attention_heads", expected: "a divisor of hidden_size, \(width)")
    }
  }
}
