/// Reads files whole.
package enum WholeFile {
  /// All bytes of the file at `path`.
  ///
  /// - Parameter limit: the most bytes that are read.
  /// - Throws: ``FileError``, also where the file is longer than `limit`.
  package static func bytes(of path: String, limit: Int) throws -> [UInt8] {
    let file = try OpenedFile(path)
    guard file.size <= limit else {
      throw FileError.tooLarge(path, count: file.size, limit: limit)
    }
    return try file.bytes()
  }
}
