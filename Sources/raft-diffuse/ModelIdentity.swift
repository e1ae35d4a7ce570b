internal import CLIPReward
internal import Diffusion
internal import Files
internal import Foundation

/// Which model it is, whatever its place is called.
struct ModelIdentity: Equatable {
  /// What people call it: its whole path, or its hub id.
  let name: String

  /// SHA-256 of the digests of its files, 64 hexadecimal digits.
  let digest: String

  /// The model that `name` names, which is loaded from `location`.
  ///
  /// Files of gigabytes are read for it, unless the cache of `score` knows them already.
  ///
  /// - Parameter warn: gets what became of a cache that could not be used as it was.
  init(
    _ name: String, variant: String?, at location: ModelLocation, warn: @escaping (String) -> Void
  ) throws {
    self.name = ModelFiles.recorded(name)
    let cache = Self.cache(warn)
    let digests = try location.files(variant: variant).map { file in
      try Self.digest(of: file, cache)
    }
    digest = Digest.sha256(digests.joined(separator: "\n").utf8)
  }

  /// The default cache; nil where it cannot be used, since nothing hangs on it but time.
  private static func cache(_ warn: @escaping (String) -> Void) -> RewardCache? {
    RewardCache.defaultFolder(ProcessInfo.processInfo.environment).flatMap { folder in
      try? RewardCache(folder: folder, report: warn)
    }
  }

  private static func digest(of file: String, _ cache: RewardCache?) throws -> String {
    do {
      if let cache { return try cache.digest(ofFile: file) }
    } catch is RewardError {
      // A cache that fails costs time only.
    }
    return try Digest.sha256(ofFile: file)
  }
}
