internal import Files
internal import NN

extension ModelLocation {
  /// The files that the networks and the noise schedule are read from: configurations and weights,
  /// shard by shard, always in the same order. The vocabulary is not among them.
  ///
  /// - Parameter variant: which of several sets of weights to prefer, such as `fp16`; folders only.
  /// - Throws: `ModelError`, or a checkpoint's error.
  package func files(variant: String? = nil) throws -> [String] {
    let parts = try parts(variant: variant)
    let components: [ModelComponent] = [.textEncoder, .unet, .vae]
    let weights = try components.map { component in
      Set(try parts.weights(component, placement: Placement()).entries.values.map(\.file.path))
        .sorted()
    }
    switch self {
    case .file: return Set(weights.joined()).sorted()
    case .folder(let path):
      return zip(components, weights).flatMap { component, files in
        ["\(path)/\(component.rawValue)/config.json"] + files
      } + ["\(path)/scheduler/scheduler_config.json"]
    }
  }
}
