internal import Files

/// A file of a tokenizer folder, read whole.
struct TokenizerFile {
  let path: String
  let json: JSONValue

  /// Reads a JSON file that must exist.
  init(_ path: String) throws {
    self.path = path
    let bytes = try Self.bytes(of: path)
    do {
      // A token that stands twice is found later, by its bytes.
      json = try JSONValue(parsing: bytes, acceptsDuplicateKeys: true)
    } catch let error as JSONError {
      throw TokenizationError.malformedJSON(file: path, line: error.line, reason: error.reason)
    }
  }

  /// Reads a JSON file where there is one.
  init?(ifPresent path: String) throws {
    do {
      try self.init(path)
    } catch TokenizationError.missingFile(path) {
      return nil
    }
  }

  /// A file's content.
  private static func bytes(of path: String) throws -> [UInt8] {
    do {
      return try WholeFile.bytes(of: path, limit: JSONValue.maximumLength)
    } catch FileError.missing {
      throw TokenizationError.missingFile(path)
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
}
