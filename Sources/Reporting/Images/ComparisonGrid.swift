package import Imaging

/// Several models beside each other: a row a prompt and seed, a column a model, the base first, all
/// images of a row from the same noise.
package struct ComparisonGrid: Sendable, Equatable {
  /// A prompt and a seed.
  package struct Row: Sendable, Equatable {
    /// What the images are of.
    package let prompt: String
    /// Where their noise comes from; nil where nobody knows.
    package let seed: UInt64?
    /// The reward of each column's image; nil, or too few, where there is none.
    package let rewards: [Double?]

    /// A row.
    package init(_ prompt: String, seed: UInt64?, rewards: [Double?] = []) {
      self.prompt = prompt
      self.seed = seed
      self.rewards = rewards
    }
  }

  /// What stands above everything.
  package let title: String
  /// What the models are called, the one that others are compared with first.
  package let columns: [String]
  /// The rows from the top.
  package let rows: [Row]

  /// A sheet; nothing is drawn yet.
  ///
  /// - Parameters:
  ///   - title: what stands above everything.
  ///   - columns: what the models are called, the base first.
  ///   - rows: the rows.
  ///   - maximalRows: the most rows that are shown, the first ones.
  package init(_ title: String, columns: [String], rows: [Row], maximalRows: Int = 24) {
    let shown = rows.prefix(max(maximalRows, 1))
    self.title =
      shown.count < rows.count
      ? "\(title) (the first \(shown.count) of \(rows.count) rows)" : title
    self.columns = columns
    self.rows = Array(shown)
  }

  /// The sheet, with each reward and how far it is above the first column's.
  ///
  /// - Parameter image: the image of a row and a column, by their numbers from 0; nil leaves a grey
  ///   cell.
  package func grid(_ image: (_ row: Int, _ column: Int) throws -> RGBImage?) rethrows -> ImageGrid
  {
    ImageGrid(
      title: title, columns: columns,
      rows: try rows.enumerated().map { index, row in
        ImageGrid.Row(
          caption: row.prompt + (row.seed.map { " · seed \($0)" } ?? ""),
          images: try columns.indices.map { try image(index, $0) },
          labels: columns.indices.map { Self.label(row.rewards, $0) })
      })
  }

  /// `5.43 (+0.22)`.
  private static func label(_ rewards: [Double?], _ column: Int) -> String {
    guard column < rewards.count, let reward = rewards[column] else { return "" }
    let text = NumberText.short(reward)
    guard column > 0, let base = rewards[0] else { return text }
    return "\(text) (\(NumberText.signed(reward - base)))"
  }
}
