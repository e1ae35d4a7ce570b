internal import ArgumentParser
internal import Foundation

/// `FILE` or `FILE:scale`: an adapter, and how much of it.
struct AdapterChoice: Equatable {
  /// A file or a folder.
  let path: String

  /// m in `W + m·s·B·A`; 1 for as it was trained.
  let scale: Double

  init(path: String, scale: Double) {
    self.path = path
    self.scale = scale
  }

  /// What is there under the whole text is a path, colons and all; else a number behind the last
  /// colon is the scale.
  ///
  /// - Throws: `ValidationError` for a scale that is no finite number, or no file.
  init(parsing text: String) throws {
    let isThere = FileManager.default.fileExists(atPath:)
    guard !isThere(text), let colon = text.lastIndex(of: ":") else {
      self.init(path: text, scale: 1)
      return
    }
    let (path, tail) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
    guard let scale = Double(tail) else {
      // A path with a colon that is not there says so when it is read.
      guard !isThere(path) else {
        throw ValidationError("--lora \(text): “\(tail)” is no scale; write \(path):0.8.")
      }
      self.init(path: text, scale: 1)
      return
    }
    guard !path.isEmpty else { throw ValidationError("--lora \(text) names no file.") }
    guard scale.isFinite else {
      throw ValidationError("--lora \(text): the scale must be a finite number.")
    }
    self.init(path: path, scale: scale)
  }

  /// What A1111's web UI calls the adapter: the file's name without folder and extension.
  var name: String {
    let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
    let name = trimmed.split(separator: "/").last.map(String.init) ?? trimmed
    for ending in [".safetensors", ".bin", ".pt", ".ckpt"] where name.hasSuffix(ending) {
      let stem = String(name.dropLast(ending.count))
      if !stem.isEmpty { return stem }
    }
    return name
  }
}
