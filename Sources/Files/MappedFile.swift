import Foundation

/// A file mapped into memory, whose pages are read when touched and copied when written.
///
/// The mapping is private: a write through ``pointer(to:)`` changes this process's copy of the page
/// and never the file. It lasts as long as the object, so whoever holds a pointer holds the object
/// too (`Unmanaged.passRetained(file)` for an owner that is not Swift). The file must not be made
/// shorter meanwhile; the system ends a process that touches a page which is gone.
package final class MappedFile: Sendable {
  /// The path as it was given.
  package let path: String

  /// The file's length in bytes, at least 1.
  package let size: Int

  // Written only through `pointer(to:)`, whose callers own the bytes of their range.
  nonisolated(unsafe) private let base: UnsafeMutableRawPointer

  /// Maps the file at `path`.
  ///
  /// - Throws: ``FileError`` where the file is missing, unreadable, empty or a folder.
  package init(_ path: String) throws {
    let file = try OpenedFile(path)
    let size = file.size
    guard size > 0 else { throw FileError.empty(path) }
    let mapping = mmap(
      nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, file.descriptor, 0)
    guard let base = mapping, base != MAP_FAILED else { throw FileError.reading(path, errno) }
    self.path = path
    self.size = size
    self.base = base
  }

  deinit {
    munmap(base, size)
  }

  /// Lends the whole file's bytes for the time of `body`.
  package func withUnsafeBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(self) {
      try body(UnsafeRawBufferPointer(start: base, count: size))
    }
  }

  /// The address of the first byte of `range`, which is valid as long as this object lives.
  ///
  /// - Precondition: `range` lies in `0..<size`.
  package func pointer(to range: Range<Int>) -> UnsafeMutableRawPointer {
    precondition(range.lowerBound >= 0 && range.upperBound <= size)
    return base + range.lowerBound
  }

  /// Gives the memory of `range`, or of the whole file, back: it comes again from the file when it
  /// is touched. **What was written to it is lost.**
  package func release(_ range: Range<Int>? = nil) {
    let range = (range ?? 0..<size).clamped(to: 0..<size)
    let page = Int(getpagesize())
    // Only whole pages: the neighbours of a range are not given up.
    let start = (range.lowerBound + page - 1) / page * page
    let end = range.upperBound == size ? size : range.upperBound / page * page
    guard start < end else { return }
    madvise(base + start, end - start, MADV_DONTNEED)
  }
}
