package import Diffusion
internal import Files
internal import Foundation
internal import LoRA
internal import NN

extension AdapterMerge {
  /// Writes the model at `location` with the adapters merged into it: a folder as a folder, a
  /// single file as a single file with its own names. What is no weight of a changed network is
  /// copied byte for byte.
  ///
  /// - Parameters:
  ///   - path: what is made, or replaced at the end where it is there.
  ///   - variant: which of a folder's sets of weights is merged.
  /// - Throws: `AdapterError.notMerged`, `WeightsError`, `CheckpointError`, `ModelError` or
  ///   `FileError`; what was at `path` is as it was then.
  package func write(_ location: ModelLocation, to path: String, variant: String?) throws
    -> Report
  {
    switch location {
    case .file(let model): try write(singleFile: model, to: path)
    case .folder(let model): try write(folder: model, to: path, variant: variant)
    }
  }

  private func write(singleFile model: String, to path: String) throws -> Report {
    let names = try SingleFile(model)
    var report = Report()
    try write(
      CheckpointFile.open(model), of: AdapterComponent.allCases, to: path, report: &report
    ) { stored in
      names.steeringName(stored).flatMap { component, name in
        AdapterComponent(component).map { ($0, name) }
      }
    }
    return report
  }

  private func write(folder model: String, to path: String, variant: String?) throws -> Report {
    let layout = try DiffusersFolder(model, variant: variant)
    let changed: [ModelComponent] = [.unet, .textEncoder].filter { component in
      dtype != nil || AdapterComponent(component).map(components.contains) ?? false
    }
    var report = Report()
    try AtomicFolder.write(to: path) { temporary in
      for name in try FolderListing.names(in: model).sorted() where name != ".git" {
        let component = changed.first { $0.rawValue == name }
        let isModel = component == nil && Self.isWeights(name)
        if isModel {
          report.leftOut.append(name)
        } else if let component {
          try copy(component, of: layout, to: "\(temporary)/\(name)", report: &report)
        } else {
          try Self.copy("\(model)/\(name)", to: "\(temporary)/\(name)")
        }
      }
    }
    return report
  }

  /// A network's folder, its weights in one file.
  private func copy(
    _ component: ModelComponent, of layout: DiffusersFolder, to folder: String,
    report: inout Report
  ) throws {
    let source = try layout.file(of: component)
    let sourceName = source.split(separator: "/").last.map(String.init) ?? source
    try Self.makeFolder(folder)
    let from = source.dropLast(sourceName.count + 1)
    let file = try CheckpointFile.open(source)
    let used = Set(file.entries.values.map(\.file.path) + [source])
    for name in try FolderListing.names(in: String(from)).sorted() {
      if !Self.isWeights(name) {
        try Self.copy("\(from)/\(name)", to: "\(folder)/\(name)")
      } else if !used.contains("\(from)/\(name)") {
        report.leftOut.append("\(component.rawValue)/\(name)")
      }
    }
    let adapted = AdapterComponent(component)
    try write(
      file, of: adapted.map { [$0] } ?? [], to: "\(folder)/\(Self.singleName(sourceName))",
      report: &report
    ) { stored in
      adapted.map { ($0, DiffusersFolder.name(stored, in: component)) }
    }
  }

  /// `model.fp16.safetensors` for `model.fp16.bin` and for `model.safetensors.index.fp16.json`.
  private static func singleName(_ name: String) -> String {
    let parts = name.split(separator: ".").filter {
      !["safetensors", "bin", "index", "json"].contains($0)
    }
    let stem = parts.joined(separator: ".").replacing("pytorch_model", with: "model")
      .replacing("diffusion_model", with: "diffusion_pytorch_model")
    return stem + ".safetensors"
  }

  private static func isWeights(_ name: String) -> Bool {
    [
      ".safetensors", ".bin", ".ckpt", ".pt", ".pth", ".msgpack", ".h5", ".onnx", ".pb",
      ".index.json",
    ].contains { name.hasSuffix($0) } || name.contains(".safetensors.index.")
      || name.contains(".bin.index.")
  }

  private static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    } catch {
      throw FileError.unwritable(
        path, reason: "the folder cannot be made; check the path and its permissions")
    }
  }

  /// A file, or a folder with all that is in it; a link becomes what it points to.
  private static func copy(_ source: String, to target: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: source, isDirectory: &isFolder) else {
      throw FileError.missing(source)
    }
    guard isFolder.boolValue else {
      let resolved = URL(fileURLWithPath: source).resolvingSymlinksInPath().path
      do {
        try FileManager.default.copyItem(atPath: resolved, toPath: target)
      } catch {
        throw FileError.unwritable(
          target, reason: "\(source) cannot be copied; is the disk full, or the file unreadable?")
      }
      return
    }
    try makeFolder(target)
    for name in try FolderListing.names(in: source).sorted() {
      try copy("\(source)/\(name)", to: "\(target)/\(name)")
    }
  }
}

extension AdapterComponent {
  /// The network's name among adapters; nil for one that has none.
  init?(_ component: ModelComponent) {
    switch component {
    case .unet: self = .unet
    case .textEncoder: self = .textEncoder
    case .vae: return nil
    }
  }
}
