/// Curves over the rounds of a run.
package struct LineChart: Sendable, Equatable {
  /// How intervals are drawn.
  package enum IntervalStyle: Sendable, Equatable {
    /// A shaded band along the curve.
    case band
    /// A bar at each point.
    case whiskers
  }

  /// A round that is pointed out.
  package struct Marker: Sendable, Equatable {
    /// Which one.
    package let round: Int
    /// What is written beside it.
    package let label: String

    /// A line at `round` that says `label`.
    package init(round: Int, label: String) {
      self.round = round
      self.label = label
    }
  }

  /// What is shown.
  package var title: String
  /// What is measured, in what unit; nothing when empty.
  package var unit: String
  /// The curves; values that are not finite, or above 1e100 in size, are left out.
  package var series: [Series]
  /// How intervals are drawn.
  package var intervals: IntervalStyle
  /// A round that is pointed out.
  package var marker: Marker?
  /// What to know when reading it; nothing when empty.
  package var note: String

  /// A chart.
  package init(
    _ title: String, unit: String = "", _ series: [Series], intervals: IntervalStyle = .band,
    marker: Marker? = nil, note: String = ""
  ) {
    self.title = title
    self.unit = unit
    self.series = series
    self.intervals = intervals
    self.marker = marker
    self.note = note
  }

  /// The curves that have a point, less what no axis can show, by rounds.
  var drawn: [Series] {
    series.compactMap { curve in
      let points = curve.points.filter { Self.isShown($0.value) }.map { point in
        let interval = point.interval.flatMap {
          Self.isShown($0.lowerBound) && Self.isShown($0.upperBound) ? $0 : nil
        }
        return Series.Point(round: point.round, value: point.value, interval: interval)
      }
      guard !points.isEmpty else { return nil }
      return Series(curve.name, points.sorted { $0.round < $1.round })
    }
  }

  private static func isShown(_ value: Double) -> Bool { abs(value) <= 1e100 }

  /// The figure: title, drawing, legend, and the numbers as a table that can be opened. Empty where
  /// there is no point.
  var html: String {
    let drawn = drawn
    guard let plot = ChartPlot(drawn, intervals, marker) else { return "" }
    let legend = drawn.enumerated().map { index, curve in
      """
      <li><svg class="key" viewBox="0 0 28 10" aria-hidden="true"><path class="line \
      \(ChartPlot.style(index))" d="M1 5H27"/></svg>\(curve.name.escaped)</li>
      """
    }
    return """
      <figure class="chart">
      <figcaption><strong>\(title.escaped)</strong>\(unit.isEmpty ? "" : " · \(unit.escaped)")\
      </figcaption>
      \(plot.svg(title: title))
      <ul class="legend">\(legend.joined())</ul>
      \(note.isEmpty ? "" : "<p class=\"note\">\(note.escaped)</p>")
      <details><summary>numbers</summary>
      \(Self.table(drawn).html)
      </details>
      </figure>
      """
  }

  private static func table(_ drawn: [Series]) -> ReportTable {
    let rounds = Set(drawn.flatMap { $0.points.map(\.round) }).sorted()
    return ReportTable(
      columns: [.init("round", isNumeric: true)] + drawn.map { .init($0.name, isNumeric: true) },
      rows: rounds.map { round in
        [String(round)]
          + drawn.map { curve in
            curve.points.first { $0.round == round }.map {
              NumberText.text(Estimate($0.value, interval: $0.interval))
            } ?? ""
          }
      })
  }
}
