internal import Files
internal import Foundation
internal import NN
internal import Torch

extension AestheticHead {
  /// Reads a head from a torch file or a safetensors file, or from a folder that holds one
  /// (a CLIP with a `predictor` in it, as Hugging Face mirrors have it).
  ///
  /// - Parameter digest: SHA-256 of a file, where someone knows it already.
  /// - Throws: ``RewardError`` where the tensors are those of no head, ``WeightsError`` where one
  ///   is not finite, and what reading a file of weights throws.
  public init(_ path: String, digest: (_ file: String) throws -> String) throws {
    let file = try Self.file(at: path)
    let tensors = try CheckpointFile.open(file)
    let names = try HeadNames(tensors.entries.keys.sorted(), file: file)
    let layers = try names.layers.map { layer in
      let weight = try Self.tensor(layer + "weight", rank: 2, in: tensors)
      let bias = try Self.tensor(layer + "bias", rank: 1, in: tensors)
      guard bias.shape[0] == weight.shape[0] else {
        throw RewardError.headLayer(
          file: file, layer: layer + "bias",
          problem: "has \(bias.shape[0]) numbers for \(weight.shape[0]) outputs")
      }
      return (weight: weight, bias: bias)
    }
    for (index, layer) in layers.enumerated() {
      let wanted = index + 1 < layers.count ? layers[index + 1].weight.shape[1] : 1
      guard layer.weight.shape[0] == wanted else {
        throw RewardError.headLayer(
          file: file, layer: names.layers[index] + "weight",
          problem: "is \(layer.weight.shape), which should give \(wanted) "
            + (wanted == 1 ? "number" : "numbers"))
      }
    }
    let name = file.split(separator: "/").last.map(String.init) ?? file
    try self.init(name: name, digest: digest(file), kind: names.kind, layers: layers)
  }

  /// Reads a head from the file or folder at `path`.
  public init(_ path: String) throws {
    try self.init(path) { try Digest.sha256(ofFile: $0) }
  }

  private static func file(at path: String) throws -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else { return path }
    let names = try FolderListing.names(in: path)
    for name in ["model.safetensors", "pytorch_model.bin"] where names.contains(name) {
      return path.hasSuffix("/") ? path + name : "\(path)/\(name)"
    }
    throw RewardError.noHeadFile(folder: path)
  }

  /// A finite tensor of the head, `F64`, on its own memory.
  private static func tensor(_ name: String, rank: Int, in file: TensorFile) throws -> Tensor {
    guard file.entries[name] != nil || file.unreadable[name] != nil else {
      throw RewardError.headLayer(file: file.path, layer: name, problem: "is missing")
    }
    let entry = try file.entry(name)
    guard entry.dtype.isFloatingPoint else {
      throw RewardError.headLayer(
        file: file.path, layer: name, problem: "is \(entry.dtype.rawValue), an integer type")
    }
    guard entry.shape.count == rank, entry.shape.allSatisfy({ $0 > 0 }) else {
      throw RewardError.headLayer(
        file: file.path, layer: name,
        problem: "is \(entry.shape), which is no \(rank == 2 ? "matrix" : "list of numbers")")
    }
    let tensor = try entry.tensor().to(.float64).clone()
    guard try tensor.isFinite() else {
      throw WeightsError.notFinite(name: name, source: file.path)
    }
    return tensor
  }
}

/// What a head's tensors are called, which tells what it computes.
struct HeadNames: Equatable {
  /// What the head computes.
  let kind: AestheticHead.Kind

  /// What stands before `weight` and `bias` of every layer, first to last: `"layers.0."`.
  let layers: [String]

  /// Wrappers that a head's names may stand in.
  private static let wrappers: Set<String> = [
    "module", "state_dict", "model_state_dict", "model", "mlp", "predictor", "head",
    "aesthetic_head", "aesthetic_predictor", "layers", "linear", "net",
  ]

  /// The towers that some files hold beside the head.
  private static let towers: Set<String> = [
    "vision_model", "text_model", "visual_projection", "text_projection", "logit_scale", "clip",
  ]

  /// Finds the head among `names`.
  init(_ names: [String], file: String) throws {
    // Prefix without the layer's number → numbers and bare layers.
    var numbers: [String: Set<Int>] = [:]
    var bare: Set<String> = []
    var strangers: [String] = []
    for name in names {
      var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      if let first = parts.first, Self.towers.contains(first) { continue }
      let last = parts.removeLast()
      let number = parts.last.flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
      if number != nil { parts.removeLast() }
      guard ["weight", "bias"].contains(last), parts.allSatisfy(Self.wrappers.contains) else {
        strangers.append(name)
        continue
      }
      let prefix = parts.map { $0 + "." }.joined()
      if let number { numbers[prefix, default: []].insert(number) } else { bare.insert(prefix) }
    }
    guard strangers.isEmpty, numbers.count + bare.count == 1 else {
      let own = names.filter { name in !Self.towers.contains { name.hasPrefix("\($0).") } }
      throw RewardError.notAHead(file: file, found: own.isEmpty ? names : own)
    }
    guard let (prefix, found) = numbers.first else {
      (kind, layers) = (.linear, Array(bare))
      return
    }
    let sorted = found.sorted()
    switch sorted {
    case [0, 2, 4, 6, 7]: kind = .foldedMLP
    case [0, 3, 6, 9, 11]: kind = .reluMLP
    case _ where sorted.count == 1: kind = .linear
    default: throw RewardError.unknownHead(file: file, layers: sorted)
    }
    layers = sorted.map { "\(prefix)\($0)." }
  }
}
