/// A table of a report.
package struct ReportTable: Sendable, Equatable {
  /// A column.
  package struct Column: Sendable, Equatable {
    /// What stands above it.
    package let title: String
    /// Whether its cells are numbers, which stand at the right.
    package let isNumeric: Bool

    /// A column.
    package init(_ title: String, isNumeric: Bool = false) {
      self.title = title
      self.isNumeric = isNumeric
    }
  }

  /// The columns.
  package var columns: [Column]
  /// The cells' texts, row by row; missing ones stay empty.
  package var rows: [[String]]
  /// Rows that are pointed out, counted from 0.
  package var emphasised: Set<Int>
  /// What to know when reading it; nothing when empty.
  package var note: String

  /// A table.
  package init(
    columns: [Column], rows: [[String]], emphasised: Set<Int> = [], note: String = ""
  ) {
    self.columns = columns
    self.rows = rows
    self.emphasised = emphasised
    self.note = note
  }

  /// The table, which scrolls sideways where the page is narrower, and its note.
  var html: String {
    let head = columns.map { "<th\(Self.style($0)) scope=\"col\">\($0.title.escaped)</th>" }
    let body = rows.enumerated().map { index, row in
      let cells = columns.enumerated().map { place, column in
        "<td\(Self.style(column))>\(place < row.count ? row[place].escaped : "")</td>"
      }
      return "<tr\(emphasised.contains(index) ? " class=\"best\"" : "")>\(cells.joined())</tr>"
    }
    return """
      <div class="scroll"><table>
      <thead><tr>\(head.joined())</tr></thead>
      <tbody>
      \(body.joined(separator: "\n"))
      </tbody></table></div>
      \(note.isEmpty ? "" : "<p class=\"note\">\(note.escaped)</p>")
      """
  }

  private static func style(_ column: Column) -> String {
    column.isNumeric ? " class=\"number\"" : ""
  }
}
