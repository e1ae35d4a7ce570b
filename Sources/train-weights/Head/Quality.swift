package import Shapes

/// How good a picture is, 1…10: whole, well placed and distinct figures score high.
package struct Quality: Sendable, Equatable {
  /// 1…10.
  package let value: Double

  /// The quality of a clean picture of `scene`, 7…10: more for figures that are large, far from the
  /// edge, and of full colour.
  package init(of scene: Scene) {
    let margins = scene.figures.map { figure in
      min(figure.x, figure.y, 1 - figure.x, 1 - figure.y) - figure.radius
    }
    let margin = min(max((margins.min() ?? 0) / 0.15, 0), 1)
    let largest = scene.figures.map(\.radius).max() ?? 0
    let size = min(max((largest - 0.13) / 0.12, 0), 1)
    value = 7 + 1.5 * margin + 0.75 * size + (scene.style == .pastel ? 0 : 0.75)
  }

  private init(_ value: Double) { self.value = value }

  /// The quality of the same picture with a share of what it has above 1 lost, 0…1.
  package func losing(_ share: Double) -> Quality { Quality(1 + (value - 1) * (1 - share)) }
}

extension Corruption {
  /// What of a picture's quality is lost at a severity of 0…1.
  package func loss(at severity: Double) -> Double {
    let most: Double =
      switch self {
      case .blurred, .noisy, .warped, .blotched: 0.85
      case .lowContrast: 0.7
      case .desaturated: 0.5
      case .cutOff, .cluttered, .tiled, .doubled: 0.95
      }
    return most * (0.35 + 0.65 * severity)
  }
}

extension Disorder {
  /// What of a picture's quality is lost.
  package var loss: Double {
    switch self {
    case .multiplied, .crowded: 0.75
    case .cutOff: 0.8
    }
  }
}
