internal import Files
internal import Foundation
internal import NN
package import Torch

/// What a form makes of an adapter: files by their names below a folder or beside it.
struct AdapterContents {
  /// A file of tensors.
  struct TensorsFile {
    /// The path below the destination; empty where the destination is the file itself.
    let name: String
    var items: [(name: String, tensor: Tensor)]
    var metadata: [String: String]
  }

  var tensors: [TensorsFile]

  /// Texts by path below the destination.
  var texts: [(name: String, text: String)] = []
}

extension AdapterWeights {
  /// The forms that can be written.
  package enum WritableForm: String, Sendable, CaseIterable {
    case diffusers, kohya, peft
  }

  /// Writes the adapter, each file whole or not at all.
  ///
  /// - Parameters:
  ///   - path: a file, or for `peft` a folder, which is made.
  ///   - dtype: the type of the stored factors.
  ///   - base: what the adapter was trained on, for PEFT's configuration.
  /// - Returns: the files that were written.
  /// - Throws: ``AdapterFileError``, or `FileError` where the system refuses.
  @discardableResult
  package func write(
    _ form: WritableForm, to path: String, dtype: DType = .float32, base: String? = nil
  ) throws -> [String] {
    let contents =
      switch form {
      case .diffusers: try diffusersContents()
      case .kohya: try kohyaContents(dtype: dtype)
      case .peft: try peftContents(base: base)
      }
    var written: [String] = []
    for file in contents.tensors {
      let target = file.name.isEmpty ? path : "\(path)/\(file.name)"
      try Self.makeFolder(of: target, isWanted: !file.name.isEmpty)
      let items = try file.items.map { name, tensor in
        SafetensorsWriter.Item(name: name, tensor: try Self.stored(tensor, name, dtype))
      }
      try SafetensorsWriter.write(items, metadata: file.metadata, to: target)
      written.append(target)
    }
    for (name, text) in contents.texts {
      try AtomicFile.write(Data(text.utf8), to: "\(path)/\(name)")
      written.append("\(path)/\(name)")
    }
    return written
  }

  /// The files that ``write(_:to:dtype:base:)`` would write.
  package func files(_ form: WritableForm, at path: String) -> [String] {
    switch form {
    case .diffusers, .kohya: [path]
    case .peft:
      peftFolders.flatMap { _, folder in
        ["adapter_model.safetensors", "adapter_config.json"].map { "\(path)/\(folder)\($0)" }
      }
    }
  }

  /// Whether the form takes the factors as they are, or multiplied by powers of two only.
  package func convertsExactly(to form: WritableForm) -> Bool {
    let ratios: [Double] =
      switch form {
      case .peft: []
      case .diffusers: layers.values.map(\.scale)
      case .kohya:
        components.flatMap { component in
          let alphas = layers(of: component).map(\.factors.plainAlpha)
          return alphas.map { $0 / (Self.commonest(alphas) ?? 1) }
        }
      }
    return ratios.allSatisfy { $0.isFinite && abs($0.significand) == 1 }
  }

  /// Layers of one network, by name.
  func layers(of component: AdapterComponent) -> [(name: String, factors: LowRankFactors)] {
    layers.filter { $0.key.component == component }.sorted { $0.key < $1.key }
      .map { ($0.key.name, $0.value) }
  }

  /// The networks that have an adapter.
  var components: [AdapterComponent] { Set(layers.keys.map(\.component)).sorted(by: >) }

  /// Notes to carry along into another form.
  var notes: [String: String] {
    metadata.filter { key, _ in
      key != "format" && key != "lora_adapter_metadata" && !key.hasPrefix("sshs_")
    }
  }

  /// Alphas are numbers to be exact about, whatever the factors are stored as.
  static func stored(_ tensor: Tensor, _ name: String, _ dtype: DType) throws -> Tensor {
    guard !tensor.shape.isEmpty else { return tensor }
    let rounded = try tensor.to(dtype).contiguous()
    guard try rounded.isFinite() else {
      throw AdapterFileError.tooLarge(name, dtype: dtype.rawValue)
    }
    return rounded
  }

  private static func makeFolder(of file: String, isWanted: Bool) throws {
    guard isWanted, let slash = file.lastIndex(of: "/") else { return }
    let folder = String(file[..<slash])
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw FileError.unwritable(file, reason: "the folder \(folder) cannot be made")
    }
  }
}
