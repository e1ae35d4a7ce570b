/// The chunks of a PNG file: length, type, data, CRC (W3C PNG, third edition, section 5).
///
/// Reading is over plain bytes, never traps, and allocates nothing.
struct PNGChunks {
  /// One chunk: its type and where its data lie in the file.
  struct Chunk {
    /// Four bytes, read as one big-endian number.
    let type: UInt32
    let data: Range<Int>
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private let name: String
  private var position: Int

  /// Begins after the signature, which the caller has checked.
  init(_ bytes: UnsafeBufferPointer<UInt8>, named name: String) {
    self.bytes = bytes
    self.name = name
    position = PNG.signature.count
  }

  /// The next chunk; nil after the end chunk.
  ///
  /// - Throws: `ImagingError.truncated` where the bytes end first. CRCs are left to `isIntact`.
  mutating func next() throws -> Chunk? {
    guard position >= 0 else { return nil }
    guard bytes.count - position >= 12 else { throw truncated }
    let length = Int(Self.word(bytes, position))
    guard bytes.count - position - 12 >= length else { throw truncated }
    let start = position + 8
    let chunk = Chunk(type: Self.word(bytes, position + 4), data: start..<start + length)
    position = chunk.type == Self.type("IEND") ? -1 : start + length + 4
    return chunk
  }

  /// Whether the chunk's CRC is right.
  func isIntact(_ chunk: Chunk) -> Bool {
    let covered = chunk.data.lowerBound - 4..<chunk.data.upperBound
    return Self.crc(UnsafeBufferPointer(rebasing: bytes[covered]))
      == Self.word(bytes, chunk.data.upperBound)
  }

  private var truncated: ImagingError { .truncated(source: name, format: "PNG") }

  /// A chunk as it stands in a file.
  static func encode(_ type: UInt32, _ data: [UInt8]) -> [UInt8] {
    let body = bigEndian(type) + data
    let crc = body.withUnsafeBufferPointer { Self.crc($0) }
    return bigEndian(UInt32(data.count)) + body + bigEndian(crc)
  }

  /// A chunk type's four letters as a number.
  static func type(_ letters: String) -> UInt32 {
    letters.utf8.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func word(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> UInt32 {
    bytes[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func bigEndian(_ word: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
  }

  /// CRC-32 as PNG, zip and Ethernet use it (polynomial 0xEDB88320, reflected).
  static func crc(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes {
      crc = table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ crc >> 8
    }
    return ~crc
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 1 ? 0xEDB8_8320 ^ crc >> 1 : crc >> 1 }
  }
}
