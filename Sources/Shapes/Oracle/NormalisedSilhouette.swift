/// A silhouette at unit area around its centre, so that size and place no longer matter.
struct NormalisedSilhouette {
  /// Cells along each edge.
  static let cells = 64

  /// Half of the edge, in roots of the silhouette's area: a triangle reaches 0.9.
  static let reach = 1.1

  /// Which cells' middles the silhouette covers, row by row.
  let isCovered: [Bool]

  /// How a silhouette covers the cells.
  init(_ silhouette: Silhouette) {
    let scale = Double(silhouette.area).squareRoot()
    let columns = (0..<Self.cells).map { cell in
      Int((silhouette.center.x + Self.place(cell) * scale).rounded(.down)) - silhouette.left
    }
    var isCovered = [Bool](repeating: false, count: Self.cells * Self.cells)
    for row in 0..<Self.cells {
      let y = Int((silhouette.center.y + Self.place(row) * scale).rounded(.down)) - silhouette.top
      guard y >= 0, y < silhouette.height else { continue }
      for (column, x) in columns.enumerated() where x >= 0 && x < silhouette.width {
        isCovered[row * Self.cells + column] = silhouette.mask[y * silhouette.width + x]
      }
    }
    self.isCovered = isCovered
  }

  /// How `outline` covers the cells.
  ///
  /// - Parameter centroidY: its centre of mass, in its own frame.
  init(_ outline: Outline, centroidY: Double) {
    let scale = outline.area.squareRoot()
    let step = Float(2 * Self.reach / Double(Self.cells) * scale)
    var isCovered: [Bool] = []
    var row = [Float](repeating: 0, count: Self.cells)
    row.withUnsafeMutableBufferPointer { row in
      for cell in 0..<Self.cells {
        outline.distances(
          y: Float(Self.place(cell) * scale + centroidY), fromX: Float(Self.place(0) * scale),
          step: step, into: row)
        isCovered += row.map { $0 > 0 }
      }
    }
    self.isCovered = isCovered
  }

  /// The area of the intersection over that of the union, 0…1; what lies outside the cells counts.
  func overlap(_ other: NormalisedSilhouette) -> Double {
    var both = 0
    for index in isCovered.indices where isCovered[index] && other.isCovered[index] { both += 1 }
    let edge = 2 * Self.reach / Double(Self.cells)
    let intersection = min(Double(both) * edge * edge, 1)
    return intersection / (2 - intersection)
  }

  /// Where a cell's middle is from the centre, in roots of the area.
  private static func place(_ cell: Int) -> Double {
    (Double(cell) + 0.5) * 2 * reach / Double(cells) - reach
  }
}
