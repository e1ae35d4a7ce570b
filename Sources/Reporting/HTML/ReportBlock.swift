/// A part of a report's section.
package enum ReportBlock: Sendable, Equatable {
  /// How a callout is meant.
  package enum Tone: String, Sendable, Equatable, Codable {
    /// Something went well.
    case good
    /// Something to look at.
    case warning
    /// Something to know.
    case note
  }

  /// A paragraph.
  case text(String)
  /// Lines as they are, in letters of one width.
  case verbatim(String)
  /// A sentence in a box.
  case callout(Tone, String)
  /// A table.
  case table(ReportTable)
  /// Curves side by side, as many as the page is wide.
  case charts([LineChart])
  /// Bars.
  case bars(BarChart)
  /// Pictures below each other.
  case pictures([ReportPicture])

  /// Whether nothing would be shown.
  var isEmpty: Bool {
    switch self {
    case .text(let text), .verbatim(let text), .callout(_, let text): text.isEmpty
    case .table(let table): table.rows.isEmpty
    case .charts(let charts): charts.allSatisfy { $0.drawn.isEmpty }
    case .bars(let chart): chart.bars.isEmpty
    case .pictures(let pictures): pictures.isEmpty
    }
  }

  /// The block's elements.
  var html: String {
    switch self {
    case .text(let text): "<p>\(text.escaped)</p>"
    case .verbatim(let text): "<pre>\(text.escaped)</pre>"
    case .callout(let tone, let text):
      "<p class=\"callout \(tone.rawValue)\"><span>\(tone.sign)</span> \(text.escaped)</p>"
    case .table(let table): table.html
    case .charts(let charts):
      "<div class=\"charts\">\n\(charts.map(\.html).joined(separator: "\n"))\n</div>"
    case .bars(let chart): chart.html
    case .pictures(let pictures): pictures.map(\.html).joined(separator: "\n")
    }
  }
}

extension ReportBlock.Tone {
  /// What tells the tone without a colour.
  fileprivate var sign: String {
    switch self {
    case .good: "✓"
    case .warning: "⚠"
    case .note: "·"
    }
  }
}
