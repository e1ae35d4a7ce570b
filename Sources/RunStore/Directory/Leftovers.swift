internal import Files
internal import Foundation

/// What a process that was killed left under temporary names (`.NAME.RANDOM.partial`).
enum Leftovers {
  private static let ending = ".partial"
  private static let asideEnding = ".partial.old"

  /// Whether `name` is a temporary one, of `AtomicFile` or `AtomicFolder`.
  static func isTemporary(_ name: String) -> Bool {
    name.hasPrefix(".") && (name.hasSuffix(ending) || name.hasSuffix(asideEnding))
  }

  /// Removes all of it from `folder` and the folders in it. Links are not followed.
  static func clear(_ folder: String) throws {
    let names = try FolderListing.names(in: folder)
    // What was put aside goes first: it gets its name back before what should have replaced it goes.
    for name in names.filter({ $0.hasSuffix(asideEnding) && isTemporary($0) }) {
      try restore(name, in: folder, of: names)
    }
    for name in names {
      let path = "\(folder)/\(name)"
      if isTemporary(name) {
        try remove(path)
      } else if isFolder(path) {
        try clear(path)
      }
    }
  }

  /// Gives a folder that was put aside its name back, where no new one has taken it: file systems
  /// that cannot exchange two names need two steps.
  private static func restore(_ name: String, in folder: String, of names: Set<String>) throws {
    let stem = name.dropFirst().dropLast(asideEnding.count)
    guard let dot = stem.lastIndex(of: ".") else { return }
    let original = String(stem[..<dot])
    guard !names.contains(original) else { return }
    guard rename("\(folder)/\(name)", "\(folder)/\(original)") == 0 else {
      throw RunStoreError.unwritable(folder, reason: "\(name) cannot get its name back")
    }
  }

  private static func remove(_ path: String) throws {
    guard isThere(path) else { return }
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw RunStoreError.unwritable(
        path, reason: "what was written in part cannot be removed; check its permissions")
    }
  }

  private static func isThere(_ path: String) -> Bool { mode(path) != nil }

  private static func isFolder(_ path: String) -> Bool { mode(path) == S_IFDIR }

  private static func mode(_ path: String) -> mode_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }
}
