import Foundation
import RAFT
import Reporting
import Testing

@Suite("Charts")
struct ChartTests {
  static func page(_ chart: LineChart) -> String {
    HTMLReport(title: "t", sections: [.init("s", [.charts([chart])])]).rendered()
  }

  @Test("three points from 0 to 10 lie where a ruler says")
  func line() {
    let series = Series(
      "reward",
      [
        .init(round: 2, value: 10, interval: 8...10), .init(round: 0, value: 0, interval: 0...2),
        .init(round: 1, value: 5, interval: 4...6),
      ])
    let page = Self.page(LineChart("c", [series], marker: .init(round: 1, label: "stop here")))
    #expect(page.contains("<path class=\"line s0\" d=\"M70 240L301 129L532 18\"/>"))
    #expect(
      page.contains(
        "<path class=\"band s0\" d=\"M70 195.6L301 106.8L532 18L532 62.4L301 151.2L70 240Z\"/>"))
    #expect(page.contains("<path class=\"marker\" d=\"M301 12V240\"/>"))
    #expect(page.contains(">stop here</text>"))
    #expect(page.contains("<title>c: reward, rounds 0 to 2</title>"))
    #expect(page.contains("<title>reward, round 1: 5.0 [4.0, 6.0]</title>"))
    let labels = ["0", "2", "4", "6", "8", "10"]
    for (index, label) in labels.enumerated() {
      let y = ["240", "195.6", "151.2", "106.8", "62.4", "18"][index]
      #expect(page.contains("y=\"\(y)\" dy=\"0.32em\" text-anchor=\"end\">\(label)</text>"))
    }
  }

  @Test("intervals are bars where that is asked for, or where a point stands alone")
  func whiskers() {
    let points: [Series.Point] = [
      .init(round: 0, value: 0, interval: 0...2), .init(round: 1, value: 5),
      .init(round: 2, value: 10, interval: 8...10),
    ]
    let alone = Self.page(LineChart("c", [Series("s", points)]))
    #expect(
      alone.contains("<path class=\"whisker s0\" d=\"M66 195.6H74M70 195.6V240M66 240H74\"/>"))
    #expect(!alone.contains("class=\"band"))
    let bars = Self.page(
      LineChart("c", [Series("s", [points[0], points[2]])], intervals: .whiskers))
    #expect(bars.components(separatedBy: "class=\"whisker").count == 3)
  }

  @Test(
    "marks are round numbers around the values",
    arguments: [
      ([5.02, 5.44], ["5.0", "5.1", "5.2", "5.3", "5.4", "5.5"]),
      ([-0.013, 0.02], ["−0.02", "−0.01", "0.00", "0.01", "0.02"]),
      ([3, 3], ["2.6", "2.8", "3.0", "3.2", "3.4"]),
      ([0, 0], ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
      ([120, 980], ["0", "200", "400", "600", "800", "1000"]),
    ])
  func ticks(values: [Double], labels: [String]) {
    let points = values.enumerated().map { Series.Point(round: $0, value: $1) }
    let page = Self.page(LineChart("c", [Series("s", points)]))
    let found = page.components(separatedBy: "text-anchor=\"end\">").dropFirst().map {
      String($0.prefix { $0 != "<" })
    }
    #expect(found == labels)
  }

  @Test("values that are not finite are left out, a lone point stands in the middle")
  func odd() {
    let points: [Series.Point] = [
      .init(round: 0, value: .nan), .init(round: 1, value: .infinity), .init(round: 2, value: 4),
    ]
    let page = Self.page(LineChart("c", [Series("empty", []), Series("s", points)]))
    #expect(page.contains("<circle class=\"dot s0\" cx=\"301\""))
    #expect(!page.contains("nan") && !page.contains("inf") && !page.contains("empty"))
    #expect(!page.contains("class=\"line s0\" d=\"M301"))
  }

  @Test(
    "no finite values break an axis",
    arguments: [
      [.leastNonzeroMagnitude, 0], [1e-300, -1e-305],
      [.greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1],
      [1e100, -1e100], [1, 1.000_000_000_000_001], [1e15, 1e15 + 1], [-1e-9, 1e9],
    ])
  func extremes(values: [Double]) {
    let points = values.enumerated().map { Series.Point(round: $0, value: $1) }
    let page = Self.page(LineChart("c", [Series("s", points)]))
    #expect(page.contains("<circle class=\"dot s0\""))
    #expect(!page.contains("nan") && !page.contains("inf"))
    let marks = page.components(separatedBy: "<path class=\"grid\"").count - 1
    #expect((2...9).contains(marks))
  }

  @Test("the longest bar takes all the room, and what is below 0 none")
  func bars() {
    let chart = BarChart(
      "b", [.init("a", 4), .init("b", 1, text: "1 of 4"), .init("c", -1), .init("d", .nan)])
    let page = HTMLReport(title: "t", sections: [.init("s", [.bars(chart)])]).rendered()
    let widths = page.components(separatedBy: "<rect class=\"s0\" width=\"").dropFirst().map {
      String($0.prefix { $0 != "\"" })
    }
    #expect(widths == ["100.0", "25.0", "0.0", "0.0"])
    #expect(page.contains("<td class=\"number\">1 of 4</td>"))
  }

  @Test(
    "numbers are short",
    arguments: [
      (0, "0"), (5.4321, "5.43"), (-0.42, "−0.420"), (0.01234, "0.012"), (0.00123, "0.00123"),
      (123.45, "123.5"), (12345.6, "12346"), (1e9, "1.00e+09"), (1.5e-7, "1.5e−07"), (.nan, "–"),
    ] as [(Double, String)])
  func numbers(value: Double, text: String) {
    #expect(NumberText.short(value) == text)
  }

  @Test("estimates, shares, probabilities and times are written as people write them")
  func texts() {
    #expect(
      NumberText.text(Estimate(0.42, interval: 0.31...0.53), isSigned: true)
        == "+0.42 [0.31, 0.53]")
    #expect(NumberText.text(Estimate(5.2, standardError: 0.05)) == "5.20 ± 0.05")
    #expect(NumberText.text(Estimate(26.04, standardError: 0.3)) == "26.0 ± 0.3")
    #expect(NumberText.text(Estimate(0.5, interval: 0.5...0.5)) == "0.500")
    #expect(NumberText.percent(0.834) == "83\u{A0}%")
    #expect(NumberText.percent(0.004) == "0.4\u{A0}%")
    #expect(NumberText.probability(0.0004) == "< 0.001")
    #expect(NumberText.probability(0.0411) == "0.041")
    #expect(NumberText.duration(9.54) == "9.5 s")
    #expect(NumberText.duration(185) == "3 min 5 s")
    #expect(NumberText.duration(7800) == "2 h 10 min")
  }
}
