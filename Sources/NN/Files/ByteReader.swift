/// A walk over bytes that never steps past their end.
///
/// Every step returns nil where the bytes run out, so that a parser over it cannot read beyond what
/// it was given. It borrows the bytes: use it only while they are alive.
struct ByteReader {
  private let bytes: UnsafeRawBufferPointer

  /// How many bytes lie behind, `0...bytes.count`.
  private(set) var position: Int

  /// Starts at `position`, or at the end where `position` lies outside.
  init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
    self.bytes = bytes
    self.position = (0...bytes.count).contains(position) ? position : bytes.count
  }

  /// How many bytes lie ahead.
  var remaining: Int { bytes.count - position }

  /// The next byte, which stays ahead.
  func peek() -> UInt8? {
    position < bytes.count ? bytes[position] : nil
  }

  /// The next byte.
  mutating func byte() -> UInt8? {
    guard position < bytes.count else { return nil }
    defer { position += 1 }
    return bytes[position]
  }

  /// The next little-endian integer, at any alignment.
  mutating func integer<T: FixedWidthInteger>(_ type: T.Type) -> T? {
    guard let field = take(MemoryLayout<T>.size) else { return nil }
    return T(littleEndian: field.loadUnaligned(as: T.self))
  }

  /// The next `count` bytes; nil where fewer are left or `count` is negative.
  mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
    guard count >= 0, count <= remaining else { return nil }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }

  /// The bytes before the next newline, which is passed too; nil where there is none.
  mutating func line() -> UnsafeRawBufferPointer? {
    guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    defer { position = end + 1 }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<end])
  }
}

extension String {
  /// The text that `bytes` hold in UTF-8; nil where they hold none, which is never repaired.
  init?(strictUTF8 bytes: some Collection<UInt8>) {
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.utf8.elementsEqual(bytes) else { return nil }
    self = text
  }

  /// A name out of a file, made fit for a message: control characters escaped, cut after 200.
  var printable: String {
    var shown = ""
    for scalar in unicodeScalars.prefix(200) {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
        .unassigned:
        shown += "\\u{\(String(scalar.value, radix: 16))}"
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return unicodeScalars.count > 200 ? shown + "…" : shown
  }
}
