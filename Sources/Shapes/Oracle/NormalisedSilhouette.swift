/// A silhouette at unit area around its centre, so that size and place no longer matter.
struct NormalisedSilhouette {
  /// Cells along each edge.
  private static let cells = 64

  /// Places looked at in each cell, along each edge.
  private static let samples = 3

  /// Half of the edge, in roots of the silhouette's area: a triangle reaches 0.9.
  private static let reach = 1.1

  /// How many places of each cell the silhouette covers, row by row.
  private let covered: [UInt8]

  /// How many places it covers, also beyond the cells.
  private let count: Int

  /// How a silhouette covers the cells.
  init(_ silhouette: Silhouette) {
    let scale = Double(silhouette.area).squareRoot()
    let total = Self.cells * Self.samples
    let places = (0..<total).map { place in
      ((Double(place) + 0.5) * 2 / Double(total) - 1) * Self.reach * scale
    }
    var covered = [UInt8](repeating: 0, count: Self.cells * Self.cells)
    for (row, down) in places.enumerated() {
      for (column, across) in places.enumerated()
      where silhouette.covers(x: silhouette.center.x + across, y: silhouette.center.y + down) {
        covered[row / Self.samples * Self.cells + column / Self.samples] += 1
      }
    }
    self.covered = covered
    let step = 2 * Self.reach / Double(total)
    let beyond = silhouette.share(fartherThan: Self.reach * scale)
    count = covered.reduce(0) { $0 + Int($1) } + Int(beyond / (step * step))
  }

  /// The area of the intersection over that of the union, 0…1, at the best of the shifts by up to
  /// one cell.
  func overlap(_ other: NormalisedSilhouette) -> Double {
    var most = 0
    for down in -1...1 {
      for across in -1...1 { most = max(most, common(other, shift: down * Self.cells + across)) }
    }
    return Double(most) / Double(max(count + other.count - most, 1))
  }

  /// How many places both cover at most, the other's moved by `shift` cells in reading order.
  private func common(_ other: NormalisedSilhouette, shift: Int) -> Int {
    let range = max(0, -shift)..<covered.count - max(0, shift)
    return covered.withUnsafeBufferPointer { own in
      other.covered.withUnsafeBufferPointer { others in
        var count = 0
        for cell in range { count &+= Int(min(own[cell], others[cell &+ shift])) }
        return count
      }
    }
  }
}
