internal import Files
internal import Foundation
internal import NN

/// The files of a CLIP model, found and understood: a folder of transformers or open_clip, or a
/// single file under either's names.
struct CLIPCheckpoint {
  /// The folder that holds the files.
  let folder: String

  /// The file of weights, or the index of its shards.
  let weightsPath: String

  /// The tensors under transformers' names.
  let tensors: CLIPTensors

  /// The sizes.
  let configuration: CLIPConfiguration

  /// How the files say that images are prepared; nil where they do not.
  let preprocessing: ConfigurationFile?

  /// What is odd about the files, a sentence each.
  let warnings: [String]

  /// - Parameters:
  ///   - location: a folder, a file, or the id of a model in the local Hugging Face cache.
  ///   - activation: what both towers use whatever the files say; nil for what they say.
  init(_ location: String, activation: Activation?, environment: [String: String]) throws {
    switch StoredPath(resolving: location, environment: environment) {
    case .absent(let looked): throw CLIPError.notFound(location, looked: looked)
    case .folder(let path):
      folder = path
      guard try !FolderListing.names(in: path).contains("model_index.json") else {
        throw CLIPError.unsupported(
          path: path, kind: "a diffusers pipeline",
          advice: "its text encoder has no vision tower: \(CLIPFamily.advice)")
      }
      // Before its weights, so that another model is called by its name.
      if let file = try Self.file("config.json", in: path) { _ = try CLIPFamily(of: file) }
      weightsPath = try Self.weights(in: path)
    case .file(let path):
      folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
      weightsPath = path
    }
    tensors = try CLIPTensors(CheckpointFile.open(weightsPath))
    let own = try Self.file("config.json", in: folder)
    let openCLIP = try Self.file("open_clip_config.json", in: folder)
    (configuration, warnings) = try Self.configuration(
      tensors, own: own, openCLIP: openCLIP, activation: activation)
    preprocessing = try ImagePreprocessor.file(
      in: folder, openCLIP: openCLIP, imageSize: configuration.vision.imageSize)
  }

  /// The sizes from whatever describes these tensors best.
  private static func configuration(
    _ tensors: CLIPTensors, own: ConfigurationFile?, openCLIP: ConfigurationFile?,
    activation: Activation?
  ) throws -> (CLIPConfiguration, [String]) {
    func read(_ make: (Activation?) throws -> CLIPConfiguration) throws
      -> (CLIPConfiguration, [String])
    {
      let stated = try make(nil)
      guard let activation, stated.activationName != activation.rawValue else {
        return (stated, [])
      }
      let warning =
        "the configuration of \(tensors.path) says \(stated.activationName), and "
        + "\(activation.rawValue) was asked for: scores are not those of the published model"
      return (try make(activation), [warning])
    }
    switch tensors.naming {
    case .transformers:
      guard let own else {
        throw CLIPError.misfit(
          "\(tensors.path) has no config.json beside it, which says what its sizes are; "
            + "download it too")
      }
      return try read { try CLIPConfiguration(own, activation: $0) }
    case .openCLIP:
      if let openCLIP {
        return try read { try OpenCLIPConfiguration.read(openCLIP, activation: $0) }
      }
      if let own, own["model_type"]?.string == "clip" {
        return try read { try CLIPConfiguration(own, activation: $0) }
      }
      let known = tensors.format == .torchScript ? Activation.quickGelu : nil
      guard let activation = activation ?? known else {
        throw CLIPError.noActivation(path: tensors.path)
      }
      return (try OpenCLIPConfiguration.inferred(tensors, activation: activation), [])
    }
  }

  /// The file of weights in `folder`: transformers', else open_clip's, else the only one there is.
  private static func weights(in folder: String) throws -> String {
    let stems = ["model", "pytorch_model", "open_clip_model", "open_clip_pytorch_model"]
    switch try WeightFileSearch(in: folder, stems: stems).result {
    case .found(let path): return path
    case .nothing(let looked):
      let all = try FolderListing.names(in: folder).filter { name in
        [".safetensors", ".pt", ".pth", ".bin", ".ckpt"].contains(where: name.hasSuffix)
      }
      guard all.count == 1, let only = all.first else {
        throw CLIPError.noWeights(folder: folder, looked: looked)
      }
      return "\(folder)/\(only)"
    }
  }

  /// The configuration called `name`; nil where there is none.
  private static func file(_ name: String, in folder: String) throws -> ConfigurationFile? {
    let path = "\(folder)/\(name)"
    return FileManager.default.fileExists(atPath: path) ? try ConfigurationFile(path) : nil
  }
}
