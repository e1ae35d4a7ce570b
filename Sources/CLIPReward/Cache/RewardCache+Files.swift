internal import Files
internal import GRDB

extension RewardCache {
  /// The digest of the file at `path`, which is read only where the file has changed since it was
  /// last.
  public func digest(ofFile path: String) throws -> String {
    guard let signature = try FileSignature(path) else { return try Digest.sha256(ofFile: path) }
    if let known = try digests(of: [signature])[signature] { return known }
    let digest = try Digest.sha256(ofFile: path)
    try store(digests: [signature: digest])
    return digest
  }

  /// The digest of the file at `path`, which is read.
  public static func freshDigest(ofFile path: String) throws -> String {
    try Digest.sha256(ofFile: path)
  }

  /// The digests of files that have not changed since they were stored.
  func digests(of signatures: [FileSignature]) throws -> [FileSignature: String] {
    try read(or: [:]) { database in
      let statement = try database.cachedStatement(
        sql: "SELECT digest FROM files WHERE path = ? AND signature = ?")
      var found: [FileSignature: String] = [:]
      for signature in signatures {
        found[signature] = try String.fetchOne(
          statement, arguments: [signature.path, signature.state])
      }
      return found
    }
  }

  /// Keeps the digests of files as they were when `signatures` were taken.
  func store(digests: [FileSignature: String]) throws {
    try write { database in
      let statement = try database.cachedStatement(
        sql: "INSERT OR REPLACE INTO files (path, signature, digest) VALUES (?, ?, ?)")
      for (signature, digest) in digests {
        try statement.execute(arguments: [signature.path, signature.state, digest])
      }
    }
  }
}
