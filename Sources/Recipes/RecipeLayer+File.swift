internal import Files
internal import Foundation

extension RecipeLayer {
  /// The settings of the file at `path`; relative paths in it are relative to its folder.
  ///
  /// - Throws: `FileError` and ``RecipeError``.
  package init(file path: String) throws {
    let bytes = try WholeFile.bytes(of: path, limit: 1 << 20)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw RecipeError.malformed(place: path, reason: "it is not UTF-8 text")
    }
    try self.init(
      yaml: text, named: path,
      folder: URL(fileURLWithPath: path).deletingLastPathComponent().path)
  }

  /// The settings of a text.
  ///
  /// - Parameters:
  ///   - name: what messages call it.
  ///   - folder: what relative paths are relative to, from the root.
  /// - Throws: ``RecipeError``.
  package init(yaml text: String, named name: String, folder: String) throws {
    self.init(folder: folder)
    let reader = RecipeReader(file: name)
    guard let root = try reader.root(of: text) else { return }
    for (key, place, value) in try reader.settings(in: root) {
      try set(key, to: value, by: place)
    }
  }
}
