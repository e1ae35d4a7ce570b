internal import Foundation

/// A chart's curves in the units of its drawing, 560 wide and 280 high.
struct ChartPlot {
  private let series: [Series]
  private let intervals: LineChart.IntervalStyle
  private let marker: LineChart.Marker?
  private let vertical: AxisScale
  private let rounds: ClosedRange<Int>

  private static let (width, height) = (560.0, 280.0)
  private static let (left, right, top, bottom) = (58.0, 544.0, 18.0, 240.0)

  /// Lays out curves whose values are finite; nil where there is no point.
  init?(_ series: [Series], _ intervals: LineChart.IntervalStyle, _ marker: LineChart.Marker?) {
    let points = series.flatMap(\.points)
    let rounds = points.map(\.round) + (marker.map { [$0.round] } ?? [])
    let lows = points.map { min($0.value, $0.interval?.lowerBound ?? $0.value) }
    let highs = points.map { max($0.value, $0.interval?.upperBound ?? $0.value) }
    guard !points.isEmpty, let first = rounds.min(), let last = rounds.max(),
      let low = lows.min(), let high = highs.max()
    else { return nil }
    self.series = series
    self.intervals = intervals
    self.marker = marker
    self.rounds = first...last
    vertical = AxisScale(low...high)
  }

  /// The drawing as an `svg` element.
  func svg(title: String) -> String {
    let names = series.map(\.name).joined(separator: ", ")
    var parts = [
      "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\">",
      "<title>\(title.escaped): \(names.escaped), rounds \(rounds.lowerBound) to "
        + "\(rounds.upperBound)</title>",
    ]
    parts += gridLines + roundMarks
    if let marker { parts += lines(of: marker) }
    for (index, curve) in series.enumerated() {
      parts += intervalShapes(of: curve, style: Self.style(index))
    }
    for (index, curve) in series.enumerated() {
      parts += self.curve(curve, style: Self.style(index))
    }
    return (parts + ["</svg>"]).joined(separator: "\n")
  }

  /// The classes by which a curve gets its colour and dashes.
  static func style(_ index: Int) -> String {
    "s\(index % 6)" + (index % 12 < 6 ? "" : " again")
  }

  private func x(_ round: Int) -> Double {
    guard rounds.count > 1 else { return (Self.left + Self.right) / 2 }
    let share = Double(round - rounds.lowerBound) / Double(rounds.count - 1)
    return Self.left + 12 + share * (Self.right - Self.left - 24)
  }

  private func y(_ value: Double) -> Double {
    let range = vertical.range
    let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return Self.bottom - share * (Self.bottom - Self.top)
  }

  /// A place as `x y`, to a tenth.
  private func place(_ x: Double, _ y: Double) -> String { "\(tenth(x)) \(tenth(y))" }

  private func tenth(_ value: Double) -> String {
    let text = NumberText.fixed(value, 1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private var gridLines: [String] {
    vertical.ticks.map { tick in
      let y = tenth(y(tick))
      return """
        <path class="grid" d="M\(tenth(Self.left)) \(y)H\(tenth(Self.right))"/>\
        <text class="tick" x="\(tenth(Self.left - 6))" y="\(y)" dy="0.32em" text-anchor="end">\
        \(vertical.label(tick))</text>
        """
    }
  }

  private var roundMarks: [String] {
    let step = Self.roundStep(rounds.count)
    let marks = rounds.filter { $0 % step == 0 }.map { round in
      """
      <text class="tick" x="\(tenth(x(round)))" y="\(tenth(Self.bottom + 18))" \
      text-anchor="middle">\(round)</text>
      """
    }
    let middle = tenth((Self.left + Self.right) / 2)
    return marks + [
      "<text class=\"tick\" x=\"\(middle)\" y=\"\(tenth(Self.height - 4))\" "
        + "text-anchor=\"middle\">round</text>"
    ]
  }

  /// How many rounds from one label to the next, so that there are sixteen at most.
  private static func roundStep(_ count: Int) -> Int {
    var step = 1
    for factor in [2, 5, 10, 20, 50, 100, 200, 500, 1000] where count > 16 * step { step = factor }
    return step
  }

  private func lines(of marker: LineChart.Marker) -> [String] {
    let at = x(marker.round)
    let isRight = at > (Self.left + Self.right) / 2
    return [
      """
      <path class="marker" d="M\(tenth(at)) \(tenth(Self.top - 6))V\(tenth(Self.bottom))"/>\
      <text class="marker-label" x="\(tenth(isRight ? at - 5 : at + 5))" \
      y="\(tenth(Self.top - 4))" dy="0.32em" text-anchor="\(isRight ? "end" : "start")">\
      \(marker.label.escaped)</text>
      """
    ]
  }

  /// Bands over points in a row that have intervals, bars at points that stand alone.
  private func intervalShapes(of curve: Series, style: String) -> [String] {
    let runs = curve.points.split { $0.interval == nil }
    return runs.flatMap { run -> [String] in
      guard intervals == .band, run.count > 1 else {
        return run.compactMap { whisker($0, style: style) }
      }
      let edges = run.compactMap { point in point.interval.map { (x(point.round), $0) } }
      let upper = edges.map { place($0.0, y($0.1.upperBound)) }
      let lower = edges.reversed().map { place($0.0, y($0.1.lowerBound)) }
      return [
        "<path class=\"band \(style)\" d=\"M\((upper + lower).joined(separator: "L"))Z\"/>"
      ]
    }
  }

  private func whisker(_ point: Series.Point, style: String) -> String? {
    guard let interval = point.interval else { return nil }
    let (low, high) = (tenth(y(interval.lowerBound)), tenth(y(interval.upperBound)))
    let (left, right) = (tenth(x(point.round) - 4), tenth(x(point.round) + 4))
    return """
      <path class="whisker \(style)" d="M\(left) \(high)H\(right)M\(tenth(x(point.round))) \
      \(high)V\(low)M\(left) \(low)H\(right)"/>
      """
  }

  private func curve(_ curve: Series, style: String) -> [String] {
    let places = curve.points.map { place(x($0.round), y($0.value)) }
    let line = "<path class=\"line \(style)\" d=\"M\(places.joined(separator: "L"))\"/>"
    let dots = curve.points.map { point in
      let text = NumberText.text(Estimate(point.value, interval: point.interval))
      return """
        <circle class="dot \(style)" cx="\(tenth(x(point.round)))" cy="\(tenth(y(point.value)))" \
        r="3"><title>\(curve.name.escaped), round \(point.round): \(text)</title></circle>
        """
    }
    return (places.count > 1 ? [line] : []) + dots
  }
}
