/// How a figure is drawn; all figures of a scene share one style.
package enum Style: String, Sendable, CaseIterable, Codable {
  /// Filled with its colour; captions do not mention it.
  case solid
  /// Its border alone, the background inside.
  case outlined
  /// Diagonal stripes of its colour on a light tint of it.
  case striped
  /// Dots of its colour on a light tint of it.
  case dotted
  /// Filled with a pale tint of its colour.
  case pastel
}
