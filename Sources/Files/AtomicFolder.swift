internal import Foundation

/// Makes whole folders: under its name there is the old folder or the new, never a part.
package enum AtomicFolder {
  /// Makes a folder of a temporary name beside `path`, has `body` fill it, syncs all that is in it
  /// and gives it the name `path`. A folder that was there is replaced in one step where the file
  /// system can exchange names, and is removed then.
  ///
  /// - Throws: ``FileError`` where the system refuses, or what `body` throws; nothing is left of the
  ///   new folder then, and `path` is as it was.
  package static func write(to path: String, _ body: (_ temporary: String) throws -> Void) throws {
    let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let start = trimmed.lastIndex(of: "/").map { trimmed.index(after: $0) } ?? trimmed.startIndex
    // A name of 255 bytes is the longest there is, and the random part needs room in it.
    let stem = String(decoding: trimmed[start...].utf8.prefix(200), as: UTF8.self)
    let random = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    let temporary = "\(trimmed[..<start]).\(stem).\(random).partial"
    do {
      try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: false)
    } catch {
      throw FileError.unwritable(
        path, reason: "the folder cannot be made; check the path and its permissions")
    }
    do {
      try body(temporary)
      try syncAll(in: temporary, of: path)
      try replace(trimmed, with: temporary)
    } catch {
      do { try FileManager.default.removeItem(atPath: temporary) } catch {}
      throw error
    }
    AtomicFile.sync(folder: AtomicFile.folder(of: trimmed))
  }

  /// Gives `new` the name `path`; what had it before is removed then.
  private static func replace(_ path: String, with new: String) throws {
    var old: String?
    if exchange(path, new) {
      old = new
    } else if rename(new, path) != 0 {
      // There is something, and the file system knows no exchange.
      let aside = new + ".old"
      guard rename(path, aside) == 0, rename(new, path) == 0 else {
        rename(aside, path)
        throw FileError.unwritable(path, reason: "the finished folder cannot get its name")
      }
      old = aside
    }
    guard let old else { return }
    do {
      try FileManager.default.removeItem(atPath: old)
    } catch {
      throw FileError.unwritable(old, reason: "what was replaced cannot be removed")
    }
  }

  /// Exchanges two names in one step; false where one is not there, or the system cannot.
  private static func exchange(_ one: String, _ other: String) -> Bool {
    // renameat2(2), which glibc declares for GNU sources only, and other systems do not have.
    typealias Renaming =
      @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
    guard let symbol = dlsym(nil, "renameat2") else { return false }
    let exchange: UInt32 = 1 << 1
    return unsafeBitCast(symbol, to: Renaming.self)(AT_FDCWD, one, AT_FDCWD, other, exchange) == 0
  }

  /// Makes the contents of a folder last through a loss of power, from the inside out.
  private static func syncAll(in folder: String, of path: String) throws {
    for name in try FolderListing.names(in: folder).sorted() {
      let inner = "\(folder)/\(name)"
      var status = stat()
      guard lstat(inner, &status) == 0 else { throw FileError.reading(inner, errno) }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: try syncAll(in: inner, of: path)
      case S_IFREG: try sync(file: inner, of: path)
      default: break
      }
    }
    AtomicFile.sync(folder: folder)
  }

  private static func sync(file: String, of path: String) throws {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError.reading(file, errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw FileError.writing(path, in: AtomicFile.folder(of: path), errno)
    }
  }
}
