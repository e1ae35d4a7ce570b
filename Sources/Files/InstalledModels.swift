internal import Foundation

/// Models that come with the program: folders in diffusers' layout below `weights`, found from any
/// working directory, as recipes are.
package struct InstalledModels: Sendable {
  /// The folders that may hold them, the first of which that exists does.
  package let folders: [String]

  /// The models in the first of `folders` that exists; by default where the package or an
  /// installation has them.
  package init(
    folders: [String] = InstalledFiles.places(of: "weights", inPackage: "weights")
  ) {
    self.folders = folders
  }

  /// The names of the models, sorted: folders that say what they are made of, in
  /// `model_index.json`. What else lies beside them is no diffusion model.
  ///
  /// - Throws: ``FileError`` where the folder may not be looked into.
  package func names() throws -> [String] {
    guard let folder = InstalledFiles.first(of: folders) else { return [] }
    return try FolderListing.names(in: folder).filter {
      FileManager.default.fileExists(atPath: "\(folder)/\($0)/model_index.json")
    }.sorted()
  }

  /// The path of the model called `name`, or of what lies in it, such as `name/clip`; nil for a
  /// name that there is none of.
  package func path(of name: String) -> String? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }),
      let model = parts.first, let folder = InstalledFiles.first(of: folders),
      FileManager.default.fileExists(atPath: "\(folder)/\(model)/model_index.json")
    else { return nil }
    let path = "\(folder)/\(name)"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }
}
