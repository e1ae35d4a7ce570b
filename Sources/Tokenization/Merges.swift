internal import Files

/// The three written forms of a merge list.
enum Merges {
  typealias Pair = (left: String, right: String)

  /// The lines of a merges.txt: `left right`, behind an optional `#version` line.
  static func parse(_ lines: [String], file: String, firstLine: Int = 1) throws -> [Pair] {
    var pairs: [Pair] = []
    pairs.reserveCapacity(lines.count)
    for (offset, line) in lines.enumerated() where !line.isEmpty && !line.hasPrefix("#version") {
      guard let pair = pair(line) else {
        throw TokenizationError.malformedMerge(file: file, line: firstLine + offset, text: line)
      }
      pairs.append(pair)
    }
    return pairs
  }

  /// The `merges` of a tokenizer.json: `"left right"`, or `["left", "right"]` in newer files.
  static func parse(_ json: JSONValue?, file: String) throws -> [Pair] {
    let wrong = TokenizationError.unexpected(
      file: file, key: "model.merges", expected: "an array of pairs of symbols")
    guard case .array(let elements) = json else { throw wrong }
    return try elements.map { element in
      if let text = element.string, let pair = pair(text) { return pair }
      guard case .array(let parts) = element, parts.count == 2,
        let left = parts[0].string, let right = parts[1].string
      else { throw wrong }
      return (left, right)
    }
  }

  private static func pair(_ text: String) -> Pair? {
    let parts = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    return (String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self))
  }
}
