/// One thing in a scene.
package struct Figure: Sendable, Hashable, Codable {
  /// How large a figure is called.
  package enum Size: String, Sendable, CaseIterable, Codable {
    case small, medium, large

    /// Radii, as shares of the picture's edge.
    package var radii: ClosedRange<Double> {
      switch self {
      case .small: 0.13...0.17
      case .medium: 0.18...0.24
      case .large: 0.27...0.34
      }
    }
  }

  /// Its outline.
  package var shape: Shape

  /// Its colour.
  package var color: Color

  /// The class that ``radius`` was drawn from.
  package var size: Size

  /// Where its middle is from the left, as a share of the picture's edge, 0…1.
  package var x: Double

  /// Where its middle is from the top, as a share of the picture's edge, 0…1.
  package var y: Double

  /// Half of its height, as a share of the picture's edge.
  package var radius: Double

  /// A figure of these properties.
  package init(
    _ color: Color, _ shape: Shape, size: Size = .medium, x: Double, y: Double, radius: Double
  ) {
    (self.shape, self.color, self.size) = (shape, color, size)
    (self.x, self.y, self.radius) = (x, y, radius)
  }
}
