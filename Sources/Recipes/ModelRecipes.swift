internal import Files
internal import Foundation

/// What a model's folder says of how it is aligned.
///
/// `raft-diffuse.yaml` holds the settings that suit the model whatever is done with it, and so also
/// how it is aligned where nobody names a recipe. `raft-diffuse.NAME.yaml` is the model's own recipe
/// NAME: it is taken instead of a recipe of that name that comes with the program, and it needs to
/// say only what differs from `raft-diffuse.yaml`. Where that file itself is called NAME (its key
/// `name`), it is the model's own recipe NAME already. A NAME has no dot in it.
package struct ModelRecipes: Sendable {
  /// The model's folder.
  package let folder: String

  private static let stem = "raft-diffuse"

  /// What the model in `folder` carries.
  package init(folder: String) {
    self.folder = folder
  }

  /// The settings that suit the model; nil where it carries none.
  ///
  /// - Throws: `FileError` and ``RecipeError``.
  package func settings() throws -> RecipeLayer? { try layer(of: "\(Self.stem).yaml") }

  /// What the model's own recipe `name` adds to ``settings()``, perhaps nothing; nil where it has no
  /// recipe of that name.
  ///
  /// - Throws: `FileError` and ``RecipeError``.
  package func recipe(named name: String) throws -> RecipeLayer? {
    if RecipeCatalog.isPath(name) || name.contains(".") { return nil }
    if let own = try layer(of: "\(Self.stem).\(name).yaml") { return own }
    guard let settings = try settings(), settings.text(of: .name) == name else { return nil }
    return RecipeLayer(folder: folder)
  }

  /// The names of the model's own recipes, sorted.
  ///
  /// - Throws: `FileError` and ``RecipeError``.
  package func names() throws -> [String] {
    let own = try FolderListing.names(in: folder).compactMap { file -> String? in
      let parts = file.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 3, parts[0] == Self.stem, parts[2] == "yaml" else { return nil }
      return String(parts[1])
    }
    let named = try settings()?.text(of: .name).flatMap { $0.contains(".") ? nil : $0 }
    return Set(own + [named].compactMap(\.self)).sorted()
  }

  private func layer(of file: String) throws -> RecipeLayer? {
    let path = "\(folder)/\(file)"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try RecipeLayer(file: path)
  }
}
