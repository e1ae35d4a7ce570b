import Foundation

/// What lies in a folder.
package enum FolderListing {
  /// The names in the folder at `path`; none where there is no folder.
  ///
  /// - Throws: ``FileError`` where the system refuses.
  package static func names(in path: String) throws -> Set<String> {
    guard let stream = opendir(path) else {
      if errno == ENOENT || errno == ENOTDIR { return [] }
      throw FileError.reading(path, errno)
    }
    defer { closedir(stream) }
    var names: Set<String> = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      names.insert(name)
    }
    guard errno == 0 else { throw FileError.reading(path, errno) }
    return names.subtracting([".", ".."])
  }
}
