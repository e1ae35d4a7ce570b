/// Bars from the left, one a line, so that long labels have room; also a histogram, whose labels
/// are its bins.
package struct BarChart: Sendable, Equatable {
  /// A bar.
  package struct Bar: Sendable, Equatable {
    /// What it stands for.
    package let label: String
    /// How long it is, 0 or above; what is below 0 or not finite has no bar.
    package let value: Double
    /// What is written behind it.
    package let text: String

    /// A bar, with its value written behind it where there is no other text.
    package init(_ label: String, _ value: Double, text: String? = nil) {
      self.label = label
      self.value = value
      self.text = text ?? NumberText.short(value)
    }
  }

  /// What is shown.
  package var title: String
  /// The bars from the top.
  package var bars: [Bar]
  /// What to know when reading it; nothing when empty.
  package var note: String

  /// A chart.
  package init(_ title: String, _ bars: [Bar], note: String = "") {
    self.title = title
    self.bars = bars
    self.note = note
  }

  /// The figure; empty where there is no bar.
  var html: String {
    guard !bars.isEmpty else { return "" }
    let longest = bars.map(\.value).filter(\.isFinite).max() ?? 0
    let rows = bars.map { bar in
      let share = longest > 0 && bar.value.isFinite ? max(bar.value / longest, 0) : 0
      return """
        <tr><th scope="row">\(bar.label.escaped)</th>\
        <td class="bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">\
        <rect class="s0" width="\(NumberText.fixed(100 * share, 1))" height="10"/></svg></td>\
        <td class="number">\(bar.text.escaped)</td></tr>
        """
    }
    return """
      <figure class="bars">
      <figcaption><strong>\(title.escaped)</strong></figcaption>
      <table><tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table>
      \(note.isEmpty ? "" : "<p class=\"note\">\(note.escaped)</p>")
      </figure>
      """
  }
}
