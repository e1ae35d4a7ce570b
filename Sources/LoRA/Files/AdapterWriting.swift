internal import Files
internal import Foundation
package import Torch

extension AdapterWeights {
  /// The forms that can be written.
  package enum WritableForm: String, Sendable, CaseIterable {
    case diffusers, kohya, peft
  }

  /// Writes the adapter: a file whole or not at all; a new folder too. In a folder that is there
  /// PEFT's configurations are removed first and written last, so that factors never lie beside
  /// the α of others.
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
    if contents.texts.isEmpty || FileManager.default.fileExists(atPath: path) {
      try contents.write(to: path, dtype: dtype)
    } else {
      try AdapterContents.makeFolder(of: path)
      try AtomicFolder.write(to: path) { try contents.write(to: $0, dtype: dtype) }
    }
    return contents.paths(at: path)
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
          return alphas.map { $0 / (alphas.commonest ?? 1) }
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

  /// `tensor` in the type that the factors are stored as. Alphas are numbers to be exact about, whatever the factors are stored as.
  static func stored(_ tensor: Tensor, _ name: String, _ dtype: DType) throws -> Tensor {
    guard !tensor.shape.isEmpty else { return tensor }
    let rounded = try tensor.to(dtype).contiguous()
    guard try rounded.isFinite() else {
      throw AdapterFileError.tooLarge(name, dtype: dtype.rawValue)
    }
    return rounded
  }
}
