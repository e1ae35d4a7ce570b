import Foundation

/// What a name that a user gave for a model stands for.
package enum StoredPath: Sendable, Equatable {
  /// A folder, perhaps one of the local Hugging Face cache.
  case folder(String)

  /// A file.
  case file(String)

  /// Nothing; the places that were looked at.
  case absent(looked: [String])

  /// Finds `name`: a model that comes with the program or what lies in its folder, a folder, a file,
  /// or a model of the local Hugging Face cache such as `org/name` or `org/name@revision`, in this
  /// order, so that the program's own models are found from any working directory: `./name` is what
  /// lies there. The network is never asked.
  package init(
    resolving name: String, environment: [String: String],
    installed: InstalledModels = InstalledModels()
  ) {
    for path in [installed.path(of: name), name].compactMap(\.self) {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
      self = isFolder.boolValue ? .folder(path) : .file(path)
      return
    }
    let cache = HubCache(environment: environment)
    if let snapshot = cache.snapshot(of: name) {
      self = .folder(snapshot)
    } else {
      self = .absent(looked: [name] + cache.places(of: name))
    }
  }
}
