import Foundation

/// A regular file open for reading, closed when it goes away.
struct OpenedFile: ~Copyable {
  let path: String
  let descriptor: Int32

  /// The file's length in bytes.
  let size: Int

  /// - Throws: ``FileError`` where the file is missing, unreadable, a folder or no file at all.
  init(_ path: String) throws {
    // O_NONBLOCK: opening a pipe by mistake must fail below, not wait for its writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError.reading(path, errno) }
    do {
      size = try Self.size(of: descriptor, path)
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
  }

  private static func size(of descriptor: Int32, _ path: String) throws -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError.reading(path, errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return Int(status.st_size)
    case S_IFDIR: throw FileError.folder(path)
    default: throw FileError.unreadable(path, reason: "it is not a regular file")
    }
  }

  /// All bytes, `size` at most.
  borrowing func bytes() throws -> [UInt8] {
    let (descriptor, size, path) = (descriptor, size, path)
    return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      // A file that became shorter meanwhile is read as it is.
      while count < size {
        let now = read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
        if now == 0 { return }
        if now > 0 {
          count += now
        } else if errno != EINTR {
          throw FileError.reading(path, errno)
        }
      }
    }
  }
}
