internal import Files
internal import Foundation

/// The files that make up an adapter: one file, or a folder as diffusers or PEFT writes it.
struct AdapterLocation {
  /// A file of tensors.
  struct Part {
    let path: String

    /// The `adapter_config.json` beside it, where there is one: what tensors with PEFT's names need.
    let configuration: String?

    /// The network whose adapter the file is, where its folder says so.
    let component: AdapterComponent?

    /// Whether PEFT wrote the file, going by its name and its tensors': whether the configuration
    /// is about it, and not about another file of the folder.
    func isOfPEFT(_ tensors: [String]) -> Bool {
      let name = path.split(separator: "/").last ?? ""
      return name.hasPrefix("adapter_model.")
        || tensors.contains { $0.hasPrefix("base_model.model.") }
    }
  }

  /// The files in the order in which they are read.
  let parts: [Part]

  private static let weights = ["safetensors", "bin"]

  /// Looks for an adapter at `path`.
  ///
  /// - Throws: `FileError`, or `AdapterFileError.noFile`.
  init(_ path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw FileError.missing(path)
    }
    guard isFolder.boolValue else {
      let configuration = Self.configuration(beside: path)
      let isThere = FileManager.default.fileExists(atPath: configuration)
      parts = [Part(path: path, configuration: isThere ? configuration : nil, component: nil)]
      return
    }
    let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
    let present = try FolderListing.names(in: folder)
    for name in Self.weights.map({ "pytorch_lora_weights.\($0)" }) where present.contains(name) {
      parts = [Part(path: "\(folder)/\(name)", configuration: nil, component: nil)]
      return
    }
    if let part = try Self.adapter(in: folder, present, component: nil) {
      parts = [part]
      return
    }
    parts = try AdapterComponent.allCases.compactMap { component in
      let inner = "\(folder)/\(component.rawValue)"
      return try Self.adapter(in: inner, FolderListing.names(in: inner), component: component)
    }
    guard parts.isEmpty else { return }
    throw AdapterFileError.noFile(
      folder: path,
      looked: [
        "pytorch_lora_weights.safetensors", "adapter_model.safetensors",
        "unet/adapter_model.safetensors",
      ])
  }

  /// PEFT's files in `folder`; nil where there are none.
  private static func adapter(
    in folder: String, _ present: Set<String>, component: AdapterComponent?
  ) throws -> Part? {
    guard let name = weights.map({ "adapter_model.\($0)" }).first(where: present.contains) else {
      return nil
    }
    let path = "\(folder)/\(name)"
    let configuration = Self.configuration(beside: path)
    // Without it there is no alpha.
    guard present.contains("adapter_config.json") else {
      throw AdapterFileError.noConfiguration(file: path, expected: configuration)
    }
    return Part(path: path, configuration: configuration, component: component)
  }

  /// Where PEFT's configuration of the tensors in `file` would be.
  static func configuration(beside file: String) -> String {
    let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
    return folder + "adapter_config.json"
  }
}
