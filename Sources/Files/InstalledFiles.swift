import Foundation

/// Files that set-up or installation put beside the program.
package enum InstalledFiles {
  /// Where `name` may lie: below $RAFT_DIFFUSE_DATA, in share/raft-diffuse of an installation, or in
  /// the package, by default in its .deps.
  package static func places(of name: String, inPackage path: String? = nil) -> [String] {
    var places: [String] = []
    if let folder = ProcessInfo.processInfo.environment["RAFT_DIFFUSE_DATA"] {
      places.append("\(folder)/\(name)")
    }
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    var folder = program.deletingLastPathComponent()
    places.append(folder.appendingPathComponent("../share/raft-diffuse/\(name)").standardized.path)
    // .build/<triple>/release/raft-diffuse, or a test bundle beside it
    for _ in 0..<5 where folder.path != "/" {
      if folder.lastPathComponent == ".build" {
        folder.deleteLastPathComponent()
        places.append(folder.appendingPathComponent(path ?? ".deps/\(name)").path)
        break
      }
      folder.deleteLastPathComponent()
    }
    return places
  }

  /// The first of `places` that exists.
  package static func first(of places: [String]) -> String? {
    places.first { FileManager.default.fileExists(atPath: $0) }
  }
}
