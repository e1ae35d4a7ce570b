package import RAFT

/// A way in which a scene can show more, or less, than its caption says.
package enum Disorder: String, Sendable, CaseIterable, Codable {
  /// One figure two to four times.
  case multiplied
  /// Figures that lie across the picture's edge.
  case cutOff
  /// One more figure, of another kind, wherever it falls.
  case crowded

  /// The scene, in disorder; its figures may overlap.
  package func applied(to scene: Scene, using random: inout SplitMix64) -> Scene {
    var result = scene
    switch self {
    case .multiplied:
      let figure = random.element(of: scene.figures)
      for _ in 0...random.index(below: 3) { result.figures.append(moved(figure, using: &random)) }
    case .cutOff:
      for index in scene.figures.indices {
        let figure = scene.figures[index]
        // The middle lies at most half of the radius away from the edge.
        let place = Double(random.index(below: 2)) + (random.unit() - 0.5) * figure.radius
        if random.index(below: 2) == 0 {
          result.figures[index].x = place
        } else {
          result.figures[index].y = place
        }
      }
    case .crowded:
      var figure = moved(random.element(of: scene.figures), using: &random)
      figure.color = random.element(of: Color.allCases.filter { $0 != figure.color })
      figure.shape = random.element(of: Shape.allCases)
      result.figures.append(figure)
    }
    return result
  }

  /// The figure at another place, of three fifths of its size at least.
  private func moved(_ figure: Figure, using random: inout SplitMix64) -> Figure {
    var figure = figure
    figure.radius *= 0.6 + 0.4 * random.unit()
    (figure.x, figure.y) = (random.unit(), random.unit())
    return figure
  }
}
