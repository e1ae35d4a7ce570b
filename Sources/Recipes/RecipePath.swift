internal import Files
internal import Foundation

/// Paths as recipes give them.
enum RecipePath {
  /// A path from the root; relative ones are relative to `folder`, and `~` is the home folder.
  static func absolute(_ path: String, in folder: String) -> String {
    let expanded = (path as NSString).expandingTildeInPath
    let joined = expanded.hasPrefix("/") ? expanded : "\(folder)/\(expanded)"
    return (joined as NSString).standardizingPath
  }

  /// A path from the root, or a name: of a model that comes with the program, or of one of the hub,
  /// which is what is not there and does not begin as a path does.
  static func absoluteOrName(_ text: String, in folder: String) -> String {
    if InstalledModels().path(of: text) != nil { return text }
    let path = absolute(text, in: folder)
    let isPath = ["/", "./", "../", "~"].contains(where: text.hasPrefix) || text == "."
    return isPath || FileManager.default.fileExists(atPath: path) ? path : text
  }
}
