import Foundation

/// Models that other tools have downloaded before.
package struct HubCache {
  /// The folder of all models.
  package let folder: String

  /// The cache that `environment` names, else the usual one.
  package init(environment: [String: String]) {
    let home = environment["HOME"] ?? NSHomeDirectory()
    let cache = environment["XDG_CACHE_HOME"] ?? home + "/.cache"
    folder =
      environment["HF_HUB_CACHE"] ?? environment["HUGGINGFACE_HUB_CACHE"]
      ?? environment["HF_HOME"].map { $0 + "/hub" } ?? cache + "/huggingface/hub"
  }

  /// The folder of a model's files, if the model is in the cache.
  package func snapshot(of name: String) -> String? {
    guard let (model, revision) = Self.split(name) else { return nil }
    let root = "\(folder)/models--\(model.replacing("/", with: "--"))"
    let reference = try? String(contentsOfFile: "\(root)/refs/\(revision)", encoding: .utf8)
    let commit = reference?.trimmingCharacters(in: .whitespacesAndNewlines) ?? revision
    let snapshot = "\(root)/snapshots/\(commit)"
    return FileManager.default.fileExists(atPath: snapshot) ? snapshot : nil
  }

  /// What messages say was looked at.
  package func places(of name: String) -> [String] {
    guard let (model, _) = Self.split(name) else { return [] }
    return ["\(folder)/models--\(model.replacing("/", with: "--"))"]
  }

  /// `org/name` or `org/name@revision`; nil for anything else, such as a path.
  private static func split(_ name: String) -> (model: String, revision: String)? {
    let parts = name.split(separator: "@", maxSplits: 1).map(String.init)
    guard let model = parts.first else { return nil }
    let names = model.split(separator: "/", omittingEmptySubsequences: false)
    let isSafe = names.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    let revision = parts.count > 1 ? parts[1] : "main"
    guard (1...2).contains(names.count), isSafe, !revision.split(separator: "/").contains("..")
    else { return nil }
    return (model, revision)
  }
}
