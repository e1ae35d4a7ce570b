internal import Files
internal import Foundation

/// The digests of a folder's files, in the folder: `SHA256SUMS`, which `sha256sum -c` reads too.
///
/// They lie beside the files and not in the ledger because a folder gets its name in one step, and
/// a step that two places must agree on can be interrupted between them.
enum Checksums {
  static let name = "SHA256SUMS"

  /// Writes the digests of all files in `folder`.
  static func write(in folder: String) throws {
    let names = try FolderListing.names(in: folder).subtracting([name]).sorted()
    let lines = try names.map { try "\(StoredFile.digest(ofFile: "\(folder)/\($0)"))  \($0)\n" }
    try AtomicFile.write(Array(lines.joined().utf8), to: "\(folder)/\(name)")
  }

  /// Reads the files in `folder` again; what is there besides them does not matter.
  ///
  /// - Throws: ``RunStoreError`` where one is gone or has other bytes, or the list is damaged.
  static func verify(_ folder: String) throws {
    let list = "\(folder)/\(name)"
    guard access(list, F_OK) == 0 else { throw RunStoreError.fileMissing(list) }
    let text = String(decoding: try WholeFile.bytes(of: list, limit: 1 << 20), as: UTF8.self)
    for (place, line) in text.split(separator: "\n").enumerated() {
      let digest = String(line.prefix(64))
      let file = String(line.dropFirst(66))
      guard digest.utf8.count == 64, digest.allSatisfy({ $0.isHexDigit }), !file.isEmpty,
        line.dropFirst(64).hasPrefix("  ")
      else { throw RunStoreError.checksums(list, line: place + 1) }
      try StoredFile(path: file, digest: digest).verify(in: folder)
    }
  }
}
