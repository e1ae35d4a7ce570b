internal import Files
package import Imaging
internal import Reporting

extension ComparisonReport {
  /// The longest side of an image on the sheet, in pixels; larger ones are scaled down.
  private static let longestSide = 512

  /// The sheet: a row a prompt and seed, a column an arm, and each image's score by the first
  /// metric. It has the first seed of every prompt, then the second ones, and so on.
  ///
  /// - Parameter rowCount: the most rows; fewer where the sheet would be too large.
  /// - Throws: `ImagingError` where the arms are too many for one sheet. An image that cannot be read
  ///   leaves its cell empty.
  package func grid(rowCount: Int) throws -> RGBImage {
    var shown = shownCases(rowCount)
    while true {
      do {
        return try grid(of: shown).rendered()
      } catch ImagingError.gridTooLarge where shown.count > 1 {
        shown = shownCases(shown.count / 2)
      }
    }
  }

  private func grid(of shown: [ComparisonCase]) -> ImageGrid {
    let scores = metrics.first.map { self.scores(by: $0.name) } ?? [:]
    let rows = shown.map { test in
      ComparisonGrid.Row(
        test.seed == nil
          ? [test.prompt, test.name].compactMap(\.self).joined(separator: " · ")
          : test.prompt ?? test.name, seed: test.seed,
        rewards: test.images.map { $0.flatMap { scores[$0] } })
    }
    let count = shown.count < cases.count ? " (\(shown.count) of \(cases.count) rows)" : ""
    return ComparisonGrid(
      (metrics.first?.name ?? "") + count, columns: arms.map(\.name.printable), rows: rows,
      maximalRows: shown.count
    ).grid { row, column in shown[row].images[column].flatMap(Self.image) }
  }

  /// The scores of images by `metric`, by path.
  private func scores(by metric: String) -> [String: Double] {
    Dictionary(
      images.compactMap { image in image.scores[metric].map { (image.path, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  private func shownCases(_ count: Int) -> [ComparisonCase] {
    let groups = Self.grouped(cases)
    let deepest = groups.map(\.count).max() ?? 0
    let places = (0..<deepest).flatMap { depth in
      groups.indices.filter { groups[$0].count > depth }.map { (group: $0, depth: depth) }
    }
    return places.prefix(count).sorted { ($0.group, $0.depth) < ($1.group, $1.depth) }
      .map { groups[$0.group][$0.depth] }
  }

  private static func image(_ path: String) -> RGBImage? {
    // An image that cannot be read has no score either, for the reason that is told there.
    guard let image = try? ImageFile.read(path) else { return nil }
    let longest = max(image.width, image.height)
    guard longest > longestSide else { return image }
    return image.resized(
      width: max(image.width * longestSide / longest, 1),
      height: max(image.height * longestSide / longest, 1))
  }
}
