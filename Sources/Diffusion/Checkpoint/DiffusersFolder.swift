package import Files
internal import Foundation
package import NN

/// A model in diffusers' layout: a folder for each component, with a configuration and weights.
package struct DiffusersFolder: ModelParts {
  let path: String
  let variant: String?

  /// - Parameter variant: the infix to prefer, such as `fp16` in `model.fp16.safetensors`.
  package init(_ path: String, variant: String?) throws {
    self.path = path
    self.variant = variant
    guard FileManager.default.fileExists(atPath: path + "/model_index.json") else {
      throw ModelError.notAModel(folder: path, lacks: "model_index.json")
    }
    let index = try ConfigurationFile(path + "/model_index.json")
    try ModelFamily.refuse(pipeline: index, path: path)
  }

  package func configuration(_ component: ModelComponent) throws -> ConfigurationFile {
    try ConfigurationFile("\(path)/\(component.rawValue)/config.json")
  }

  package var scheduler: SchedulerConfiguration {
    get throws {
      let file = URL(fileURLWithPath: path + "/scheduler/scheduler_config.json")
      return try SchedulerConfiguration(contentsOf: file).correctedForLatents()
    }
  }

  package var tokenizerFolder: String? { path + "/tokenizer" }

  /// The component's weights, under the names that our layers use.
  package func weights(_ component: ModelComponent, placement: Placement) throws -> Weights {
    let file = try CheckpointFile.open(file(of: component))
    return try NamedTensors(file).renamed { Self.name($0, in: component) }
      .weights(placement: placement)
  }

  /// The file, or the index of shards, that holds the component's weights: safetensors before
  /// pickles, what was asked for before the plain one, the plain one before any other variant.
  ///
  /// - Throws: `ModelError.noWeights`, or `FileError` where the folder may not be looked into.
  package func file(of component: ModelComponent) throws -> String {
    let folder = "\(path)/\(component.rawValue)"
    switch try WeightFileSearch(in: folder, stems: component.stems, variant: variant).result {
    case .found(let path): return path
    case .nothing(let looked): throw ModelError.noWeights(folder: folder, looked: looked)
    }
  }

  /// Files written by older versions spell some names otherwise.
  package static func name(_ stored: String, in component: ModelComponent) -> String {
    switch component {
    case .unet: stored
    case .textEncoder: stored.hasPrefix("text_model.") ? String(stored.dropFirst(11)) : stored
    case .vae: vaeName(stored)
    }
  }

  private static func vaeName(_ stored: String) -> String {
    guard stored.contains(".attentions.") else { return stored }
    let renamed = [
      "query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0",
    ]
    var parts = stored.split(separator: ".").map(String.init)
    guard parts.count >= 2, let new = renamed[parts[parts.count - 2]] else { return stored }
    parts[parts.count - 2] = new
    return parts.joined(separator: ".")
  }
}
