internal import Foundation

/// The border of a shape in its own frame: the middle at (0, 0), y downwards, the radius 1.
///
/// Every shape is its own mirror image in the vertical axis, so points are looked at as if they lay
/// in the right half.
package struct Outline: Sendable {
  private enum Form: Sendable {
    case circle
    case square(halfEdge: Float)
    /// The right half of a polygon's border, from the top to the bottom.
    case polygon([Edge])
  }

  /// A stretch of the border.
  private struct Edge: Sendable {
    let x: Float
    let y: Float
    let dx: Float
    let dy: Float
    /// 1 / (dx² + dy²).
    let inverse: Float

    init(from start: SIMD2<Double>, to end: SIMD2<Double>) {
      let along = end - start
      (x, y) = (Float(start.x), Float(start.y))
      (dx, dy) = (Float(along.x), Float(along.y))
      inverse = Float(1 / (along * along).sum())
    }
  }

  private let form: Form

  /// How far the border is from the middle at most.
  package let reach: Double

  /// The part of the frame that the shape takes, in squares of the radius.
  package let area: Double

  /// The border of `shape`.
  package init(of shape: Shape) {
    switch shape {
    case .circle:
      self.init(.circle, reach: 1, area: .pi)
    case .square:
      let halfEdge = 0.88
      self.init(
        .square(halfEdge: Float(halfEdge)), reach: halfEdge * 2.0.squareRoot(),
        area: 4 * halfEdge * halfEdge)
    case .triangle: self.init([[0, -1], [1, 0.8], [0, 0.8]])
    case .star: self.init(Self.star)
    case .cross:
      let arm = 0.35
      self.init([
        [0, -1], [arm, -1], [arm, -arm], [1, -arm], [1, arm], [arm, arm], [arm, 1], [0, 1],
      ])
    case .heart: self.init(Self.heart)
    }
  }

  /// A polygon, from the right half of its corners, from the top to the bottom.
  private init(_ corners: [SIMD2<Double>]) {
    let edges = Array(zip(corners, corners.dropFirst()))
    self.init(
      .polygon(edges.map { Edge(from: $0, to: $1) }),
      reach: corners.map { ($0 * $0).sum().squareRoot() }.max() ?? 0,
      area: edges.reduce(0) { sum, edge in sum + edge.0.x * edge.1.y - edge.1.x * edge.0.y })
  }

  private init(_ form: Form, reach: Double, area: Double) {
    (self.form, self.reach, self.area) = (form, reach, area)
  }

  /// Five points at distance 1, the dents between them at 0.45.
  private static let star = (0...5).map { corner in
    let distance = corner.isMultiple(of: 2) ? 1 : 0.45
    let angle = Double(corner) * .pi / 5
    return SIMD2(sin(angle), -cos(angle)) * distance
  }

  /// x = 16 sin³ t, y = 13 cos t - 5 cos 2t - 2 cos 3t - cos 4t, over 17.
  private static let heart = (0...24).map { corner in
    let t = Double(corner) * .pi / 24
    let y = 13 * cos(t) - 5 * cos(2 * t) - 2 * cos(3 * t) - cos(4 * t)
    return SIMD2(corner == 24 ? 0 : 16 * pow(sin(t), 3), -y) / 17
  }

  /// How far the points of a row are inside of the border; negative outside.
  ///
  /// - Parameters:
  ///   - y: the row's place.
  ///   - x: the place of the first point.
  ///   - step: from one point to the next.
  ///   - row: receives the distances.
  func distances(
    y: Float, fromX x: Float, step: Float, into row: UnsafeMutableBufferPointer<Float>
  ) {
    switch form {
    case .circle:
      for point in row.indices {
        let across = x + Float(point) * step
        row[point] = 1 - (across * across + y * y).squareRoot()
      }
    case .square(let halfEdge):
      for point in row.indices {
        row[point] = halfEdge - max(abs(x + Float(point) * step), abs(y))
      }
    case .polygon(let edges):
      row.update(repeating: .infinity)
      for edge in edges {
        let down = y - edge.y
        for point in row.indices {
          let across = abs(x + Float(point) * step) - edge.x
          let share = min(max((across * edge.dx + down * edge.dy) * edge.inverse, 0), 1)
          let (restX, restY) = (across - edge.dx * share, down - edge.dy * share)
          row[point] = min(row[point], restX * restX + restY * restY)
        }
      }
      for point in row.indices { row[point] = -row[point].squareRoot() }
      // What lies left of an odd number of edges lies inside.
      for edge in edges where (edge.y <= y) != (edge.y + edge.dy <= y) {
        let crossing = edge.x + edge.dx * (y - edge.y) / edge.dy
        for point in row.indices where abs(x + Float(point) * step) < crossing {
          row[point] = -row[point]
        }
      }
    }
  }
}
