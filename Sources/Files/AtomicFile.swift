package import Foundation

/// Writes whole files: under its name there is the old content or the new, never a part.
package enum AtomicFile {
  /// Writes what `body` writes under a temporary name in the same folder, syncs it, gives it the
  /// name `path`, and syncs the folder. A file that was there before is replaced at that moment.
  ///
  /// The file gets the permissions that the process's mask leaves of 0666.
  ///
  /// - Throws: ``FileError`` where the system refuses, or what `body` throws. Either way the
  ///   temporary file is removed and `path` is as it was.
  package static func write(to path: String, _ body: (FileSink) throws -> Void) throws {
    let folder = folder(of: path)
    let name = path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
    guard !name.isEmpty else {
      throw FileError.unwritable(path, reason: "the path names no file")
    }
    // A name of 255 bytes is the longest there is, and the random part needs room in it.
    let stem = String(decoding: name.utf8.prefix(200), as: UTF8.self)
    let random = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    let temporary = "\(folder)/.\(stem).\(random).partial"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError.writing(path, in: folder, errno) }
    let sink = FileSink(descriptor, path: path)
    do {
      try body(sink)
      try sink.close()
      guard rename(temporary, path) == 0 else { throw FileError.writing(path, in: folder, errno) }
    } catch {
      unlink(temporary)
      throw error
    }
    sync(folder: folder)
  }

  /// Writes `bytes` in the same way.
  package static func write(_ bytes: some ContiguousBytes, to path: String) throws {
    try write(to: path) { sink in
      try bytes.withUnsafeBytes { try sink.write($0) }
    }
  }

  /// The folder that `path` lies in; "." where it names none.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Makes the new name `path` last through a loss of power, where the file system can.
  package static func sync(folderOf path: String) { sync(folder: folder(of: path)) }

  /// Makes the new name in `folder` last through a loss of power. Some file systems cannot sync a
  /// folder; the file itself is whole all the same.
  static func sync(folder: String) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

/// A file open for writing, front to back.
package final class FileSink {
  private var descriptor: Int32
  private let path: String

  /// How many bytes have been written.
  package private(set) var count = 0

  /// Takes over `descriptor`; `path` is what errors call the file.
  package init(_ descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit {
    if descriptor >= 0 { Foundation.close(descriptor) }
  }

  /// Writes all of `bytes`.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      // Linux writes at most 2 GiB at once.
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      let written = Foundation.write(descriptor, piece.baseAddress, piece.count)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw failure(written == 0 ? ENOSPC : errno) }
      rest = rest.dropFirst(written)
      count += written
    }
  }

  /// Syncs the file, where the file system can, and closes it.
  func close() throws {
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(errno) }
    let closing = descriptor
    descriptor = -1
    guard Foundation.close(closing) == 0 else { throw failure(errno) }
  }

  private func failure(_ code: Int32) -> FileError {
    .writing(path, in: AtomicFile.folder(of: path), code)
  }
}
