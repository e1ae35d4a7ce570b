internal import Files
internal import Foundation
internal import NN
internal import Torch

/// What a form makes of an adapter: a file, or files by their names below a folder.
struct AdapterContents {
  /// A file of tensors.
  struct TensorsFile {
    /// The path below the destination; empty where the destination is the file itself.
    let name: String
    var items: [(name: String, tensor: Tensor)]
    var metadata: [String: String]
  }

  var tensors: [TensorsFile]

  /// Texts by path below the destination, without which the tensors mean nothing.
  var texts: [(name: String, text: String)] = []

  /// The files below `path`, those with tensors first.
  func paths(at path: String) -> [String] {
    (tensors.map(\.name) + texts.map(\.name)).map { $0.isEmpty ? path : "\(path)/\($0)" }
  }

  /// Writes all files. Texts that are there are removed before any tensor is written, and written
  /// after all of them.
  func write(to path: String, dtype: DType) throws {
    let stored = try tensors.map { file in
      try file.items.map { name, tensor in
        SafetensorsWriter.Item(
          name: name, tensor: try AdapterWeights.stored(tensor, name, dtype))
      }
    }
    for (name, _) in texts { try Self.remove("\(path)/\(name)") }
    for (file, items) in zip(tensors, stored) {
      let target = file.name.isEmpty ? path : "\(path)/\(file.name)"
      if !file.name.isEmpty { try Self.makeFolder(of: target) }
      try SafetensorsWriter.write(items, metadata: file.metadata, to: target)
    }
    for (name, text) in texts { try AtomicFile.write(Data(text.utf8), to: "\(path)/\(name)") }
  }

  private static func remove(_ file: String) throws {
    guard unlink(file) == 0 || errno == ENOENT || errno == ENOTDIR else {
      throw FileError.unwritable(file, reason: "the old one cannot be removed")
    }
  }

  /// Makes the folder that `file` is to lie in, and those above it.
  static func makeFolder(of file: String) throws {
    guard let slash = file.lastIndex(of: "/") else { return }
    let folder = String(file[..<slash])
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw FileError.unwritable(file, reason: "the folder \(folder) cannot be made")
    }
  }
}
