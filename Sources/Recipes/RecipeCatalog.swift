internal import Files
internal import Foundation

/// The recipes that come with the program.
package struct RecipeCatalog: Sendable {
  /// The folders that may hold them, the first of which that exists does.
  package let folders: [String]

  /// The recipes in the first of `folders` that exists.
  package init(folders: [String]) {
    self.folders = folders
  }

  /// Where set-up or installation leaves them.
  package static var installedFolders: [String] {
    InstalledFiles.places(of: "recipes", inPackage: "recipes")
  }

  /// The names of the recipes, sorted.
  ///
  /// - Throws: `FileError`.
  package func names() throws -> [String] {
    guard let folder = InstalledFiles.first(of: folders) else { return [] }
    return try FolderListing.names(in: folder).filter { $0.hasSuffix(".yaml") }
      .map { String($0.dropLast(5)) }.sorted()
  }

  /// The file of the recipe that `text` names: a file's path, or the name of a recipe.
  ///
  /// - Throws: ``RecipeError/unknownRecipe(_:known:nearest:)``,
  ///   ``RecipeError/noRecipes(_:places:)`` and `FileError`.
  package func file(of text: String) throws -> String {
    if Self.isPath(text) { return text }
    guard let folder = InstalledFiles.first(of: folders), try names().contains(text) else {
      throw try unknown(text)
    }
    return "\(folder)/\(text).yaml"
  }

  /// Why no recipe is found by the name `text`.
  ///
  /// - Parameter others: names that would have been found elsewhere.
  /// - Throws: `FileError`.
  package func unknown(_ text: String, besides others: [String] = []) throws -> RecipeError {
    let names = Set(try names() + others).sorted()
    guard !names.isEmpty else { return .noRecipes(text, places: folders) }
    return .unknownRecipe(text, known: names, nearest: NearestName.of(text, among: names))
  }

  /// Whether `text` names a file, not a recipe by its name.
  package static func isPath(_ text: String) -> Bool {
    text.contains("/") || text.hasSuffix(".yaml") || text.hasSuffix(".yml")
  }
}
