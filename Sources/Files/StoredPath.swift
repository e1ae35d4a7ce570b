import Foundation

/// What a name that a user gave for a model stands for.
package enum StoredPath: Sendable, Equatable {
  /// A folder, perhaps one of the local Hugging Face cache.
  case folder(String)

  /// A file.
  case file(String)

  /// Nothing; the places that were looked at.
  case absent(looked: [String])

  /// Finds `name`: a folder, a file, or a model of the local Hugging Face cache such as `org/name`
  /// or `org/name@revision`. The network is never asked.
  package init(resolving name: String, environment: [String: String]) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: name, isDirectory: &isFolder) {
      self = isFolder.boolValue ? .folder(name) : .file(name)
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
