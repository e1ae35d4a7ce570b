internal import Foundation

/// Where a model's files are.
public enum ModelLocation: Sendable, Equatable {
  /// A folder in diffusers' layout.
  case folder(String)

  /// A single-file checkpoint.
  case file(String)

  /// The path that messages and records show.
  public var path: String {
    switch self {
    case .folder(let path), .file(let path): path
    }
  }

  /// The checkpoint's parts, whichever the layout.
  ///
  /// - Parameter variant: which of several sets of weights to prefer, such as `fp16`; folders only.
  package func parts(variant: String? = nil) throws -> any ModelParts {
    switch self {
    case .folder(let path): try DiffusersFolder(path, variant: variant)
    case .file(let path): try SingleFile(path)
    }
  }

  /// Finds `name`: a folder, a file, or a model of the local Hugging Face cache such as `org/name`
  /// or `org/name@revision`.
  ///
  /// - Throws: `ModelError.notFound`, which lists the places looked at. The network is never asked.
  public init(resolving name: String, environment: [String: String]) throws {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: name, isDirectory: &isFolder) {
      self = isFolder.boolValue ? .folder(name) : .file(name)
      return
    }
    let cache = HubCache(environment: environment)
    guard let snapshot = cache.snapshot(of: name) else {
      throw ModelError.notFound(name, looked: [name] + cache.places(of: name))
    }
    self = .folder(snapshot)
  }
}

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
  func snapshot(of name: String) -> String? {
    guard let (model, revision) = Self.split(name) else { return nil }
    let root = "\(folder)/models--\(model.replacing("/", with: "--"))"
    let reference = try? String(contentsOfFile: "\(root)/refs/\(revision)", encoding: .utf8)
    let commit = reference?.trimmingCharacters(in: .whitespacesAndNewlines) ?? revision
    let snapshot = "\(root)/snapshots/\(commit)"
    return FileManager.default.fileExists(atPath: snapshot) ? snapshot : nil
  }

  /// What messages say was looked at.
  func places(of name: String) -> [String] {
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
