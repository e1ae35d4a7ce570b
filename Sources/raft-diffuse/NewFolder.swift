internal import Foundation

/// A folder for what a run makes, and which of it and the folders above it were not there before.
struct NewFolder {
  /// The folders that were made, the innermost first.
  private let made: [String]

  /// Makes `path` unless it is there.
  init(_ path: String) throws {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
      throw CommandError.unwritable(path, "it is there and is no folder; name another")
    }
    var missing: [String] = []
    var folder = path
    while !FileManager.default.fileExists(atPath: folder) {
      missing.append(folder)
      folder = Self.parent(of: folder)
    }
    made = missing
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      removeIfEmpty()
      throw CommandError.unwritable(
        path, "the folder cannot be made; check the path and its permissions")
    }
  }

  /// The folder that `path` lies in; "." where it names none. (NSString's
  /// `deletingLastPathComponent` traps on names of one letter.)
  static func parent(of path: String) -> String {
    let trimmed = path[...].dropLast(while: { $0 == "/" })
    guard let slash = trimmed.lastIndex(of: "/") else { return "." }
    let parent = trimmed[..<slash].dropLast(while: { $0 == "/" })
    return parent.isEmpty ? "/" : String(parent)
  }

  /// Removes what was made, as far as it holds nothing.
  func removeIfEmpty() {
    for folder in made { rmdir(folder) }
  }
}

extension Substring {
  fileprivate func dropLast(while test: (Character) -> Bool) -> Substring {
    var rest = self
    while let last = rest.last, test(last) { rest.removeLast() }
    return rest
  }
}
