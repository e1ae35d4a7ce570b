/// Bytes as they come, cut into lines.
struct LineBuffer {
  /// The longest line, in bytes: 16 MiB.
  static let limit = 1 << 24

  private var bytes: [UInt8] = []
  private var start = 0
  private var scanned = 0

  /// Whether a line that has not ended is longer than ``limit``.
  var isTooLong: Bool { bytes.count - start > Self.limit }

  /// The beginning of what has not ended.
  var beginning: [UInt8] { Array(bytes[start...].prefix(256)) }

  /// Adds what has come.
  mutating func append(_ piece: some Sequence<UInt8>) { bytes += piece }

  /// The next whole line that is not blank, without its end; nil where none has come yet.
  mutating func next() -> [UInt8]? {
    while let end = bytes[max(scanned, start)...].firstIndex(of: UInt8(ascii: "\n")) {
      let line = bytes[start..<end]
      start = end + 1
      scanned = start
      if !Self.isBlank(line) { return Array(line) }
    }
    bytes.removeFirst(start)
    (start, scanned) = (0, bytes.count)
    return nil
  }

  /// What is left when nothing more will come: a line without an end; nil where it is blank.
  mutating func last() -> [UInt8]? {
    defer { self = LineBuffer() }
    return Self.isBlank(bytes[start...]) ? nil : Array(bytes[start...])
  }

  private static func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
    line.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
  }
}
