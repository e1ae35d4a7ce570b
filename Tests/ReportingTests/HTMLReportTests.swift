import Foundation
import Imaging
import RAFT
import Reporting
import Testing

@Suite("HTML reports")
struct HTMLReportTests {
  @Test("every text is escaped, wherever it stands")
  func escaping() throws {
    let evil = "<script>alert('x')</script>\"&\u{0}"
    let picture = try Picture(Sample.picture(0, size: 8))
    let page = HTMLReport(
      title: evil, subtitle: evil, verdict: [.callout(.good, evil)], facts: [.init(evil, evil)],
      sections: [
        .init(
          evil,
          [
            .text(evil), .verbatim(evil), .bars(BarChart(evil, [.init(evil, 1)], note: evil)),
            .table(ReportTable(columns: [.init(evil)], rows: [[evil]], note: evil)),
            .charts([
              LineChart(
                evil, unit: evil, [Series(evil, [.init(round: 0, value: 1)])],
                marker: .init(round: 0, label: evil), note: evil)
            ]),
            .pictures([ReportPicture(picture, title: evil, caption: evil)]),
          ]),
        .init("other", [.text("x")]),
      ]
    ).rendered()
    #expect(!page.contains("<script"))
    #expect(!page.contains("\u{0}"))
    let escaped = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;\u{FFFD}"
    #expect(page.components(separatedBy: escaped).count - 1 >= 20)
  }

  @Test("the page asks for nothing from anywhere")
  func selfContained() throws {
    let page = RunReport(Sample.summary, grids: try Sample.grids()).html
    #expect(!page.contains("http:") && !page.contains("https:"))
    #expect(!page.contains("@import") && !page.contains("url("))
    #expect(!page.contains("<script") && !page.contains("<link"))
    for attribute in ["src=\"", "href=\""] {
      for rest in page.components(separatedBy: attribute).dropFirst() {
        #expect(rest.hasPrefix("data:image/") || rest.hasPrefix("#part-"))
      }
    }
    #expect(page.contains("content=\"default-src 'none'; img-src data:;"))
  }

  @Test("the same values give the same page, and its elements close in order")
  func structure() throws {
    let grids = try Sample.grids()
    let page = RunReport(Sample.summary, grids: grids).html
    #expect(page == RunReport(Sample.summary, grids: grids).html)
    #expect(Self.unclosed(in: page) == "")
  }

  @Test("a section without anything to show has no heading")
  func emptySections() {
    let page = HTMLReport(
      title: "t",
      sections: [
        .init("nothing", [.text(""), .table(ReportTable(columns: [.init("a")], rows: []))]),
        .init("flat", [.charts([LineChart("c", [Series("s", [])])])]),
        .init("something", [.text("here")]),
      ]
    ).rendered()
    #expect(!page.contains("nothing") && !page.contains("flat"))
    #expect(page.contains("<section id=\"part-1\">\n<h2>something</h2>\n<p>here</p>\n</section>"))
    #expect(!page.contains("<nav>"))
  }

  @Test("numbers stand at the right, and rows that are pointed out are marked")
  func table() {
    let page = HTMLReport(
      title: "t",
      sections: [
        .init(
          "s",
          [
            .table(
              ReportTable(
                columns: [.init("arm"), .init("reward", isNumeric: true)],
                rows: [["base", "5.02"], ["best"]], emphasised: [1], note: "paired"))
          ])
      ]
    ).rendered()
    #expect(
      page.contains(
        """
        <div class="scroll"><table>
        <thead><tr><th scope="col">arm</th><th class="number" scope="col">reward</th></tr></thead>
        <tbody>
        <tr><td>base</td><td class="number">5.02</td></tr>
        <tr class="best"><td>best</td><td class="number"></td></tr>
        </tbody></table></div>
        <p class="note">paired</p>
        """))
  }

  @Test(
    "large pictures become JPEG and say so; small ones stay as they are",
    arguments: [(Int.max, "image/png", false), (100, "image/jpeg", true)])
  func pictures(limit: Int, type: String, isLossy: Bool) throws {
    let picture = try Picture(Sample.noise(size: 128), compactAbove: limit)
    let page = HTMLReport(
      title: "t",
      sections: [.init("s", [.pictures([ReportPicture(picture, title: "grid")])])]
    ).rendered()
    #expect(picture.format == (isLossy ? .jpeg : .png))
    #expect(page.contains("<img src=\"data:\(type);base64,"))
    #expect(page.contains("width=\"128\" height=\"128\" alt=\"grid\""))
    #expect(page.contains("128 × 128 pixels, shown as JPEG of quality 88") == isLossy)
  }

  /// What closes out of order, or never; "" where all is well.
  private static func unclosed(in page: String) -> String {
    let alone: Set<Substring> = ["meta", "img", "input", "!DOCTYPE"]
    var open: [Substring] = []
    for part in page.split(separator: "<").dropFirst(page.hasPrefix("<") ? 0 : 1) {
      guard let end = part.firstIndex(of: ">") else { return "an open tag \(part.prefix(20))" }
      let tag = part[..<end]
      let name = tag.prefix { !$0.isWhitespace && $0 != "/" || $0 == "/" && tag.first == "/" }
      if name.first == "/" {
        guard open.popLast() == name.dropFirst() else { return "a wrong \(name)" }
      } else if !alone.contains(name), tag.last != "/" {
        open.append(name)
      }
    }
    return open.joined(separator: " ")
  }
}
