internal import Crypto

/// SHA-256 (FIPS 180-4), by which files are told apart, in lower-case hex.
package enum Digest {
  /// The digest of the whole file at `path`, which is read in pieces.
  ///
  /// - Throws: ``FileError`` where it cannot be read.
  package static func sha256(ofFile path: String) throws -> String {
    try sha256(of: MappedFile(path))
  }

  /// The digest of a mapped file from `start` on.
  package static func sha256(of file: MappedFile, from start: Int = 0) -> String {
    file.withUnsafeBytes { bytes in
      sha256(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(start)))
    }
  }

  /// The digest of `bytes`.
  package static func sha256(_ bytes: UnsafeRawBufferPointer) -> String {
    sha256 { take in take(bytes) }
  }

  /// The digest of `bytes`.
  package static func sha256(_ bytes: some Sequence<UInt8>) -> String {
    Array(bytes).withUnsafeBytes { sha256($0) }
  }

  /// The digest of all that `body` hands over, piece by piece.
  package static func sha256(
    _ body: (_ take: (UnsafeRawBufferPointer) -> Void) throws -> Void
  ) rethrows -> String {
    var digest = SHA256()
    try body { digest.update(bufferPointer: $0) }
    return hex(digest.finalize())
  }

  private static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
