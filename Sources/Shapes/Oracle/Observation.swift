/// What the oracle sees in a picture.
package struct Observation: Sendable, Hashable {
  /// What the figures lie on; nil where it is none that this world has.
  package var background: Background?

  /// The figures, the leftmost first.
  package var figures: [ObservedFigure]

  /// How much lies under what is too small or too faint for a figure and too large for a speck, in
  /// squares of the picture's shorter edge.
  package var strayArea: Double

  /// Why the picture cannot be judged as a whole; nil where it can.
  package var abstention: Abstention?
}

/// A figure as the oracle sees it.
package struct ObservedFigure: Sendable, Hashable {
  /// Its colour; nil where that is unclear.
  package var color: Color?

  /// Its shape; nil where that is unclear.
  package var shape: Shape?

  /// Where its middle is from the left, in shorter edges of the picture.
  package var x: Double

  /// Where its middle is from the top, in shorter edges of the picture.
  package var y: Double

  /// Half of its height, in shorter edges of the picture.
  package var radius: Double

  /// Whether it reaches the picture's edge.
  package var touchesBorder: Bool

  /// How well it covers its shape, 0…1: intersection over union.
  package var overlap: Double

  /// Why its colour or shape is unclear; nil where both are clear.
  package var abstention: Abstention?
}

/// Why the oracle says nothing.
package enum Abstention: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  case tooSmall = "the picture is too small"
  case noFlatBackground = "no flat background"
  case unknownBackground = "a background of no known colour"
  case blurred = "a blurred patch"
  case malformed = "a malformed figure"
  case mixedColors = "a figure of several colours"
  case unknownColor = "a figure of no known colour"

  package var description: String { rawValue }
}
