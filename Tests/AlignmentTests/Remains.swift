import Files
import Foundation
import RunStore

/// What a run leaves that must not depend on when it was interrupted: every file but those that
/// tell times, and the ledgers without times.
struct Remains {
  /// What stands for each part, by its path.
  let parts: [String: String]

  /// The remains in `folder`, and in its control arm's.
  init(_ folder: String) throws {
    var parts: [String: String] = [:]
    for path in FileManager.default.subpaths(atPath: folder) ?? [] {
      let whole = "\(folder)/\(path)"
      let name = URL(fileURLWithPath: path).lastPathComponent
      if name == "best" {
        parts[path] = try FileManager.default.destinationOfSymbolicLink(atPath: whole)
        continue
      }
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: whole, isDirectory: &isFolder)
      guard !isFolder.boolValue, !Self.tellsTimes(name) else { continue }
      parts[path] = try Digest.sha256(ofFile: whole)
    }
    for run in ["", "control/"]
    where FileManager.default.fileExists(atPath: "\(folder)/\(run)recipe.yaml") {
      parts["\(run)ledger"] = try RunDirectory.read("\(folder)/\(run)").ledger.canonicalDump()
    }
    self.parts = parts
  }

  /// The parts that only one has, or that are not equal.
  func differences(from other: Remains) -> [String] {
    Set(parts.keys).union(other.parts.keys).filter { parts[$0] != other.parts[$0] }.sorted()
  }

  private static func tellsTimes(_ name: String) -> Bool {
    ["timings.json", "report.html", ".lock"].contains(name) || name.hasPrefix("ledger.sqlite")
      || name.hasPrefix("events.")
  }
}
