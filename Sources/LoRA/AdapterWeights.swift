internal import Torch

/// What an adapter is, wherever it lives: factors for layers, and notes about where they come from.
///
/// This is what files are read into and written from, and what training starts from and ends with.
public struct AdapterWeights {
  /// Factors by layer.
  public var layers: [LayerAddress: LowRankFactors]

  /// Notes that a safetensors file carries in its metadata, such as `ss_output_name`.
  public var metadata: [String: String]

  /// An adapter of `layers`.
  public init(layers: [LayerAddress: LowRankFactors], metadata: [String: String] = [:]) {
    self.layers = layers
    self.metadata = metadata
  }

  /// Elements of all factors.
  public var parameterCount: Int {
    layers.values.reduce(0) { $0 + $1.down.count + $1.up.count }
  }
}
