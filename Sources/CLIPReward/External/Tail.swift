internal import Files

/// The last words of a program's standard error.
struct Tail {
  private static let lineCount = 5
  private static let byteCount = 2000

  private var bytes: [UInt8] = []

  /// Adds what has come.
  mutating func append(_ piece: some Collection<UInt8>) {
    bytes += piece
    if bytes.count > 2 * Self.byteCount { bytes.removeFirst(bytes.count - Self.byteCount) }
  }

  /// The last lines, fit for a message, separated by " / "; nil where nothing was said.
  var text: String? {
    let lines = String(decoding: bytes.suffix(Self.byteCount), as: UTF8.self)
      .split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
    guard !lines.isEmpty else { return nil }
    return lines.suffix(Self.lineCount).map { String($0).printable }.joined(separator: " / ")
  }
}
