/// The sizes of a stack of a transformer's blocks.
struct TransformerSizes: Sendable, Equatable, Codable {
  /// Width of a hidden state.
  var width: Int

  /// Blocks.
  var layers: Int

  /// Attention heads.
  var heads: Int

  /// Width inside a block's MLP.
  var intermediateWidth: Int { 4 * width }
}
