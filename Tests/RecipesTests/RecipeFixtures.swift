import Files
import Foundation
import RAFT
import Recipes

/// The folder of the repository.
let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().path

/// The recipes of the repository.
let catalog = RecipeCatalog(folders: ["\(repository)/recipes"])

/// What they are called.
let builtInNames = ["prompt-alignment", "resolution-256", "resolution-256-published"]

/// A built-in recipe, as it is without a model folder and flags.
func builtIn(_ name: String) throws -> RecipeResolution {
  try RecipeResolution(of: [RecipeLayer(file: catalog.file(of: name))])
}

/// The layer of a text that lies in `/recipes/x.yaml`.
func layer(_ yaml: String, named name: String = "x.yaml", folder: String = "/recipes") throws
  -> RecipeLayer
{
  try RecipeLayer(yaml: yaml, named: name, folder: folder)
}

/// What an error says; "no error" where there is none.
func message(_ body: () throws -> some Any) -> String {
  do {
    _ = try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}

/// Prompts for three splits that are in nobody's way.
let threeSplits = """
  prompts: {train: [a, b, c], dev: [d], test: [e]}

  """

/// A folder of its own for `body`, with the files of `texts`, removed afterwards.
func withFiles<Result>(_ texts: [String: String], _ body: (_ folder: String) throws -> Result)
  throws -> Result
{
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  for (name, text) in texts {
    let file = folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }
  defer {
    do { try FileManager.default.removeItem(at: folder) } catch {}
  }
  return try body(folder.path)
}
