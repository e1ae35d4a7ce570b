/// What a picture shows: one to three figures on a background.
package struct Scene: Sendable, Hashable, Codable {
  /// What the figures lie on.
  package var background: Background

  /// How all figures are drawn.
  package var style: Style

  /// One to three, in the order in which a caption names them; they neither touch each other nor
  /// the picture's edge.
  package var figures: [Figure]

  /// A scene of these figures.
  package init(_ figures: [Figure], on background: Background = .white, style: Style = .solid) {
    (self.background, self.style, self.figures) = (background, style, figures)
  }
}
