internal import Files
package import Imaging

/// The sheet of a comparison: a row a prompt and seed, a column an arm.
package struct ComparisonGrid {
  /// The cases that have a row.
  package let cases: [ComparisonCase]

  private let columns: [String]

  /// The longest side of an image on the sheet, in pixels; larger ones are scaled down.
  package static let longestSide = 512

  /// A sheet of some of the report's cases: the first of every prompt, then the second ones, and so
  /// on, until there are `rowCount`.
  package init(_ report: ComparisonReport, rowCount: Int) {
    columns = report.arms.map(\.name.printable)
    let groups = ComparisonReport.grouped(report.cases)
    let deepest = groups.map(\.count).max() ?? 0
    let places = (0..<deepest).flatMap { depth in
      groups.indices.filter { groups[$0].count > depth }.map { (group: $0, depth: depth) }
    }
    cases = places.prefix(rowCount).sorted { ($0.group, $0.depth) < ($1.group, $1.depth) }
      .map { groups[$0.group][$0.depth] }
  }

  /// The sheet, with as many of the rows as it has room for.
  ///
  /// - Throws: `ImagingError` where the arms are too many for one sheet; what is wrong with an image
  ///   leaves its cell empty.
  package func rendered() throws -> RGBImage {
    let rows = cases.map { test in
      ImageGrid.Row(
        caption: Self.caption(of: test), images: test.images.map { $0.flatMap(Self.image) })
    }
    var count = rows.count
    while true {
      let grid = ImageGrid(columns: columns, rows: Array(rows.prefix(count)))
      do {
        return try grid.rendered()
      } catch ImagingError.gridTooLarge where count > 1 {
        count /= 2
      }
    }
  }

  private static func caption(of test: ComparisonCase) -> String {
    let name = test.seed.map { "seed \($0)" } ?? test.name
    return [test.prompt, name].compactMap { $0 }.joined(separator: " · ")
  }

  private static func image(_ path: String) -> RGBImage? {
    // An image that cannot be read has no score either, for the reason that is told there.
    guard let image = try? ImageFile.read(path) else { return nil }
    let longest = max(image.width, image.height)
    guard longest > longestSide else { return image }
    return image.resized(
      width: max(image.width * longestSide / longest, 1),
      height: max(image.height * longestSide / longest, 1), filter: .bicubic)
  }
}
