import Foundation

/// A file of a tokenizer folder, read whole.
struct TokenizerFile {
  let path: String
  let json: JSONValue

  /// Reads a JSON file that must exist.
  init(_ path: String) throws {
    self.path = path
    json = try JSONValue(parsing: Self.bytes(of: path), file: path)
  }

  /// Reads a JSON file where there is one.
  init?(ifPresent path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    try self.init(path)
  }

  /// A file's content.
  static func bytes(of path: String) throws -> [UInt8] {
    guard FileManager.default.fileExists(atPath: path) else {
      throw TokenizationError.missingFile(path)
    }
    do {
      return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw TokenizationError.unreadable(file: path, reason: reason(error))
    }
  }

  /// A text file's lines without their ends; a last empty one is left out.
  static func lines(of path: String) throws -> [String] {
    let bytes = try bytes(of: path)
    guard !bytes.starts(with: [0x1F, 0x8B]) else {
      throw TokenizationError.compressed(file: path)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw TokenizationError.notUTF8(file: path)
    }
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(decoding: $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0, as: UTF8.self) }
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  /// The system's word for what went wrong; Foundation's differs between versions.
  private static func reason(_ error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileReadNoPermission: "permission denied"
    case .fileReadNoSuchFile: "it vanished"
    default: "it is no ordinary file, or the disk failed"
    }
  }
}
