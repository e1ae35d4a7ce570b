/// Text broken into lines of a bitmap font.
package struct TextLayout: Equatable {
  /// The lines, none longer than was asked for, none ending in a space.
  package let lines: [[BitmapFont.Cell]]

  /// Breaks `text` at spaces and line feeds, and inside a word only where it is longer than a line;
  /// what does not fit into the lines ends in an ellipsis.
  ///
  /// - Parameters:
  ///   - text: what to lay out; spaces in a row count as one.
  ///   - font: the font.
  ///   - columns: the most characters a line, at least 1.
  ///   - lineCount: the most lines, at least 1.
  package init(_ text: String, _ font: BitmapFont, columns: Int, lineCount: Int) {
    let columns = max(columns, 1)
    var lines: [[BitmapFont.Cell]] = []
    for paragraph in text.split(whereSeparator: \.isNewline) {
      var line: [BitmapFont.Cell] = []
      for word in font.cells(of: String(paragraph)).split(separator: .space) {
        var word = Array(word)
        if !line.isEmpty {
          if line.count + 1 + word.count <= columns {
            line += [.space] + word
            continue
          }
          lines.append(line)
        }
        while word.count > columns {
          lines.append(Array(word[..<columns]))
          word.removeFirst(columns)
        }
        line = word
      }
      if !line.isEmpty { lines.append(line) }
    }
    if lines.count > max(lineCount, 1) {
      lines.removeLast(lines.count - max(lineCount, 1))
      var last = lines.removeLast()
      last.removeLast(max(last.count + 1 - columns, 0))
      while last.last == .space { last.removeLast() }
      lines.append(last + font.cells(of: "…"))
    }
    self.lines = lines
  }
}
