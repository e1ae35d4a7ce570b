/// Comma-separated values (RFC 4180).
package enum CommaSeparatedValues {
  /// A row that is not empty.
  package struct Row: Equatable {
    /// The line on which it begins, from 1; a quoted field may hold more lines.
    package let line: Int

    /// Its fields, without their quotation marks.
    package let fields: [String]
  }

  /// A quotation mark that is never closed.
  package struct OpenQuote: Error, Equatable {
    /// The line of the mark, from 1.
    package let line: Int

    package init(line: Int) {
      self.line = line
    }
  }

  /// The rows of `text` that are not empty.
  ///
  /// - Throws: ``OpenQuote``.
  package static func rows(_ text: String) throws -> [Row] {
    var rows: [Row] = []
    var fields: [String] = []
    var field = ""
    var isEmpty = true
    var quoteLine: Int?
    var (line, firstLine) = (1, 1)
    func endRow() {
      if !isEmpty { rows.append(Row(line: firstLine, fields: fields + [field])) }
      (fields, field, isEmpty) = ([], "", true)
    }
    var rest = text[...]
    while let character = rest.popFirst() {
      let isLineEnd = ["\n", "\r\n", "\r"].contains(character)
      if isLineEnd { line += 1 }
      if quoteLine != nil {
        if character != "\"" {
          field.append(character)
        } else if rest.first == "\"" {
          field.append("\"")
          rest.removeFirst()
        } else {
          quoteLine = nil
        }
      } else if character == "\"" {
        (quoteLine, isEmpty) = (line, false)
      } else if character == "," {
        fields.append(field)
        (field, isEmpty) = ("", false)
      } else if isLineEnd {
        endRow()
        firstLine = line
      } else {
        field.append(character)
        isEmpty = false
      }
    }
    if let quoteLine { throw OpenQuote(line: quoteLine) }
    endRow()
    return rows
  }
}
