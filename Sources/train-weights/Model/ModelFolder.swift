internal import Files
internal import Foundation
internal import NN
internal import Torch

/// A network's folder in the layout of diffusers and transformers: `config.json`, and weights of
/// fp16 in a safetensors file.
struct ModelFolder {
  /// The folder.
  let path: String

  /// What the file of weights is called: `diffusion_pytorch_model` in diffusers, `model` in
  /// transformers.
  let stem: String

  /// A folder that there may not be yet.
  init(_ path: String, stem: String = "diffusion_pytorch_model") {
    (self.path, self.stem) = (path, stem)
  }

  /// Whether the network has been saved.
  var isThere: Bool { FileManager.default.fileExists(atPath: weightFile) }

  /// The file of weights.
  var weightFile: String { "\(path)/\(stem).safetensors" }

  /// Removes the network, so that nobody takes what an earlier course left for what is in training.
  func remove() throws { try Removal.remove(path) }

  /// Saves a network: the whole folder or nothing.
  ///
  /// - Parameters:
  ///   - configuration: the contents of `config.json`.
  ///   - tensors: by the names of the layout; they are rounded to fp16.
  ///   - others: further files' contents, by name.
  func write(
    configuration: [String: JSONValue], _ tensors: [TrainableParameter],
    others: [String: Data] = [:]
  ) throws {
    try AtomicFolder.write(to: path) { folder in
      try SafetensorsWriter.write(
        tensors.map { .init(name: $0.name, tensor: try $0.tensor.detached().to(.float16)) },
        to: "\(folder)/\(stem).safetensors")
      try JSONValue(configuration).write(to: "\(folder)/config.json")
      for (name, contents) in others { try AtomicFile.write(contents, to: "\(folder)/\(name)") }
    }
  }

  /// `config.json`.
  var configuration: ConfigurationFile {
    get throws { try ConfigurationFile("\(path)/config.json") }
  }

  /// What `config.json` holds, by its keys.
  func members() throws -> [String: JSONValue] {
    let file = "\(path)/config.json"
    let contents = try WholeFile.bytes(of: file, limit: JSONValue.maximumLength)
    guard case .object(let members) = try JSONValue(parsing: Data(contents)) else {
      throw FileError.unreadable(file, reason: "it is no JSON object")
    }
    return Dictionary(members.map { ($0.key, $0.value) }) { _, last in last }
  }

  /// The saved tensors, by their names.
  func tensors() throws -> [TrainableParameter] {
    let file = try CheckpointFile.open(weightFile)
    return try file.names.map { TrainableParameter(name: $0, tensor: try file.entry($0).tensor()) }
  }

  /// The saved weights.
  func weights(_ placement: Placement = Placement()) throws -> Weights {
    let file = try CheckpointFile.open(weightFile)
    return Weights(file.entries, source: file.path, placement: placement)
  }
}

extension JSONValue {
  /// An object of these members.
  init(_ members: [String: JSONValue]) {
    self = .object(
      members.sorted { $0.key < $1.key }.map { Member(key: $0.key, value: $0.value) })
  }

  /// The value as a file that people can read, as Python's programs write it.
  var fileContents: Data {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return try encoder.encode(self) + [UInt8(ascii: "\n")]
    }
  }

  /// Writes the value as a file that people can read.
  func write(to path: String) throws { try AtomicFile.write(fileContents, to: path) }
}
