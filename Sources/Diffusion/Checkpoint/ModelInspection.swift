internal import NN
internal import Torch

/// What a checkpoint's files hold, looked at without building the model.
package struct ModelInspection {
  /// One of the model's parts.
  package struct Component: Sendable, Encodable {
    /// Its folder in diffusers' layout.
    package let name: String

    /// The file of its weights, or the index of its shards.
    package let file: String

    /// How many tensors there are.
    package let tensors: Int

    /// Elements of all tensors.
    package let parameters: Int

    /// Bytes of all tensors.
    package let bytes: Int

    /// The types of the tensors, sorted.
    package let types: [String]
  }

  /// Text encoder, UNet and VAE.
  package let components: [Component]

  private let weights: [Weights]

  /// Reads the headers of all files of weights.
  ///
  /// - Throws: `ModelError` or a checkpoint's error.
  package init(_ location: ModelLocation, variant: String? = nil) throws {
    let parts = try location.parts(variant: variant)
    let kinds: [ModelComponent] = [.textEncoder, .unet, .vae]
    let all = try kinds.map { try parts.weights($0, placement: Placement()) }
    weights = all
    components = zip(kinds, all).map { kind, weights in
      let entries = weights.entries.values
      return Component(
        name: kind.rawValue, file: weights.source, tensors: entries.count,
        parameters: entries.reduce(0) { $0 + $1.count },
        bytes: entries.reduce(0) { $0 + $1.byteCount },
        types: Set(entries.map(\.dtype.rawValue)).sorted())
    }
  }

  /// Reads every floating-point tensor and looks for infinities and NaNs.
  ///
  /// - Throws: `WeightsError.notFinite` for the first tensor, by name, that holds one.
  package func checkFinite() throws {
    for weights in weights {
      for (name, entry) in weights.entries.sorted(by: { $0.key < $1.key })
      where entry.dtype.isFloatingPoint {
        defer { entry.releaseMemory() }
        guard try entry.tensor().isFinite() else {
          throw WeightsError.notFinite(name: name, source: weights.source)
        }
      }
    }
  }
}
