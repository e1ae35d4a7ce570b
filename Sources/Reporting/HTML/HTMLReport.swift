/// A page in one file that asks for nothing else: pictures are in it, curves are drawn in SVG, and
/// there is no script. The same values give the same bytes.
package struct HTMLReport: Sendable, Equatable {
  /// A name and a value of the table on top.
  package struct Fact: Sendable, Equatable, Codable {
    /// What it is.
    package let name: String
    /// The value.
    package let value: String

    /// A fact.
    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// A part of the page with a heading; one that shows nothing is left out.
  package struct Section: Sendable, Equatable {
    /// The heading.
    package let title: String
    /// What is below it.
    package let blocks: [ReportBlock]

    /// A section.
    package init(_ title: String, _ blocks: [ReportBlock]) {
      self.title = title
      self.blocks = blocks.filter { !$0.isEmpty }
    }
  }

  /// What the page is about.
  package var title: String
  /// A sentence below it; nothing when empty.
  package var subtitle: String
  /// What stands above everything else, such as the result.
  package var verdict: [ReportBlock]
  /// The table on top.
  package var facts: [Fact]
  /// The rest.
  package var sections: [Section]

  /// A page.
  package init(
    title: String, subtitle: String = "", verdict: [ReportBlock] = [], facts: [Fact] = [],
    sections: [Section] = []
  ) {
    self.title = title
    self.subtitle = subtitle
    self.verdict = verdict.filter { !$0.isEmpty }
    self.facts = facts
    self.sections = sections
  }

  /// The page. Browsers are told to load nothing from anywhere and to run nothing.
  package func rendered() -> String {
    let shown = sections.filter { !$0.blocks.isEmpty }
    let links = shown.enumerated().map { index, section in
      "<a href=\"#part-\(index + 1)\">\(section.title.escaped)</a>"
    }
    let body = shown.enumerated().map { index, section in
      """
      <section id="part-\(index + 1)">
      <h2>\(section.title.escaped)</h2>
      \(section.blocks.map(\.html).joined(separator: "\n"))
      </section>
      """
    }
    let rows = facts.map {
      "<tr><th scope=\"row\">\($0.name.escaped)</th><td>\($0.value.escaped)</td></tr>"
    }
    let table = "<table class=\"facts\"><tbody>\n\(rows.joined(separator: "\n"))\n</tbody></table>"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(title.escaped)</title>
      <style>
      \(Self.style)
      </style>
      </head>
      <body>
      <header>
      <h1>\(title.escaped)</h1>
      \(subtitle.isEmpty ? "" : "<p class=\"faint\">\(subtitle.escaped)</p>")
      </header>
      <main>
      \(verdict.map(\.html).joined(separator: "\n"))
      \(rows.isEmpty ? "" : table)
      \(links.count < 2 ? "" : "<nav>\(links.joined(separator: "\n"))</nav>")
      \(body.joined(separator: "\n"))
      </main>
      </body>
      </html>

      """
  }
}
