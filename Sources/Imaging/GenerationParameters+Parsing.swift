extension GenerationParameters {
  /// Reads the text, in the web UI's own way, which takes any text at all.
  ///
  /// The last line holds the settings if three or more are found in it; else it belongs to the
  /// prompt. A line that begins with "Negative prompt:" begins the negative prompt. Lines lose the
  /// white space around them. Settings that the web UI would split or fill in (Size, Clip skip) are
  /// kept as they stand; see `size` and `valueOrDefault`.
  public init(_ text: String) {
    var lines = Self.stripped(Array(text.unicodeScalars)[...])
      .split(separator: "\n", omittingEmptySubsequences: false)
    var settings: [Setting] = []
    if let last = lines.last {
      settings = Self.settings(in: last)
      if settings.count >= 3 {
        lines.removeLast()
      } else {
        settings = []
      }
    }
    let marker = Array("Negative prompt:".unicodeScalars)
    var prompt: [[Unicode.Scalar]] = []
    var negative: [[Unicode.Scalar]] = []
    var isNegative = false
    for line in lines {
      var line = Self.stripped(line)
      if line.starts(with: marker) {
        isNegative = true
        line = Self.stripped(line.dropFirst(marker.count))
      }
      if isNegative {
        // As there: empty lines at the beginning are passed over.
        if !(negative.isEmpty && line.isEmpty) { negative.append(Array(line)) }
      } else if !(prompt.isEmpty && line.isEmpty) {
        prompt.append(Array(line))
      }
    }
    self.init(
      prompt: Self.joined(prompt), negativePrompt: Self.joined(negative), settings: settings)
  }

  /// What the pattern `\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)` finds in a line.
  ///
  /// Takes time in proportion to the line's length.
  private static func settings(in line: ArraySlice<Unicode.Scalar>) -> [Setting] {
    var found: [Setting] = []
    var position = line.startIndex
    while let start = line[position...].firstIndex(where: isWord) {
      let end =
        line[start...].firstIndex { !(isWord($0) || $0 == " " || $0 == "-" || $0 == "/") }
        ?? line.endIndex
      guard end < line.endIndex, line[end] == ":", end - start >= 2 else {
        // No later start in this run of letters can reach a colon either.
        position = end
        continue
      }
      let valueStart =
        line[(end + 1)...].firstIndex { !QuotedValue.isSpace($0) } ?? line.endIndex
      let valueEnd =
        quotedEnd(line, from: valueStart) ?? line[valueStart...].firstIndex(of: ",")
        ?? line.endIndex
      found.append(
        Setting(
          joined([Array(line[start..<end])]), QuotedValue.unquoted(line[valueStart..<valueEnd])))
      position = min(valueEnd + 1, line.endIndex)
    }
    return found
  }

  /// The end of a quoted value that begins at `start` and is followed by a comma or by nothing.
  private static func quotedEnd(_ line: ArraySlice<Unicode.Scalar>, from start: Int) -> Int? {
    guard start < line.endIndex, line[start] == "\"" else { return nil }
    var position = start + 1
    while position < line.endIndex, line[position] != "\"" {
      position += line[position] == "\\" ? 2 : 1
    }
    guard position < line.endIndex, position > start + 1 else { return nil }
    let next = position + 1
    return next == line.endIndex || line[next] == "," ? next : nil
  }

  /// Letters, digits and "_", as Python's `\w` has them.
  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "_" { return true }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber:
      return true
    default: return false
    }
  }

  private static func stripped(
    _ text: ArraySlice<Unicode.Scalar>
  ) -> ArraySlice<Unicode.Scalar> {
    let start = text.firstIndex { !QuotedValue.isSpace($0) } ?? text.endIndex
    let end = text.lastIndex { !QuotedValue.isSpace($0) }.map { $0 + 1 } ?? start
    return text[start..<max(start, end)]
  }

  private static func joined(_ lines: [[Unicode.Scalar]]) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: lines.joined(separator: ["\n"]))
    return String(text)
  }
}
