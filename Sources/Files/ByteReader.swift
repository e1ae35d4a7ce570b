/// A walk over bytes that never steps past their end.
///
/// Every step returns nil where the bytes run out, so that a parser over it cannot read beyond what
/// it was given. It borrows the bytes: use it only while they are alive.
package struct ByteReader {
  private let bytes: UnsafeRawBufferPointer

  /// How many bytes lie behind, `0...bytes.count`.
  package private(set) var position: Int

  /// Starts at `position`, or at the end where `position` lies outside.
  package init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
    self.bytes = bytes
    self.position = (0...bytes.count).contains(position) ? position : bytes.count
  }

  /// How many bytes lie ahead.
  package var remaining: Int { bytes.count - position }

  /// The next byte, which stays ahead.
  package func peek() -> UInt8? {
    position < bytes.count ? bytes[position] : nil
  }

  /// The next byte.
  package mutating func byte() -> UInt8? {
    guard position < bytes.count else { return nil }
    defer { position += 1 }
    return bytes[position]
  }

  /// The next little-endian integer, at any alignment.
  package mutating func integer<T: FixedWidthInteger>(_ type: T.Type) -> T? {
    guard let field = take(MemoryLayout<T>.size) else { return nil }
    return T(littleEndian: field.loadUnaligned(as: T.self))
  }

  /// The next `count` bytes; nil where fewer are left or `count` is negative.
  package mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
    guard count >= 0, count <= remaining else { return nil }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }

  /// The next bytes as long as they are accepted, `limit` at most; empty where the next one is not.
  package mutating func take(while isAccepted: (UInt8) -> Bool, atMost limit: Int = .max)
    -> UnsafeRawBufferPointer
  {
    let start = position
    let end = start + min(limit, remaining)
    while position < end, isAccepted(bytes[position]) { position += 1 }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
  }

  /// The bytes before the next newline, which is passed too; nil where there is none.
  package mutating func line() -> UnsafeRawBufferPointer? {
    guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    defer { position = end + 1 }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<end])
  }
}
