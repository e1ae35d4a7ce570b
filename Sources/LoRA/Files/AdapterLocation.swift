internal import Files
internal import Foundation

/// The files that make up an adapter: one file, or a folder as diffusers or PEFT writes it.
struct AdapterLocation {
  /// A file of tensors.
  struct Part {
    let path: String

    /// The configuration beside it, which PEFT always writes.
    let configuration: String?

    /// The network whose adapter the file is, where its folder says so.
    let component: AdapterComponent?
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
      let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
      let name = path.dropFirst(folder.count)
      let configuration = folder + "adapter_config.json"
      let isPEFT =
        name.hasPrefix("adapter_model.") && FileManager.default.fileExists(atPath: configuration)
      parts = [Part(path: path, configuration: isPEFT ? configuration : nil, component: nil)]
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
    // Without it there is no alpha.
    let configuration = "\(folder)/adapter_config.json"
    guard present.contains("adapter_config.json") else { throw FileError.missing(configuration) }
    return Part(path: "\(folder)/\(name)", configuration: configuration, component: component)
  }
}
