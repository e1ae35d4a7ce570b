/// A labelled sheet of images: a row a prompt, a column a seed (or whatever the labels say).
///
/// Column labels stand centred above their column, row captions above their row over the sheet's
/// whole width, so that long prompts have room; what still does not fit ends in an ellipsis. Images
/// keep their pixels; smaller ones stand in the middle of their cell.
public struct ImageGrid: Sendable {
  /// One row of images with its caption.
  public struct Row: Sendable {
    /// What stands above the row; nothing when empty.
    public let caption: String
    /// The images from left to right; nil leaves a grey cell.
    public let images: [RGBImage?]
    /// What stands below each image, from left to right; missing ones stay empty.
    public let labels: [String]

    /// A row of images under a caption, perhaps each with a label below it.
    public init(caption: String, images: [RGBImage?], labels: [String] = []) {
      self.caption = caption
      self.images = images
      self.labels = labels
    }
  }

  /// What stands above everything; nothing when empty.
  public let title: String
  /// A label a column, from left to right; missing ones stay empty.
  public let columns: [String]
  /// The rows from top to bottom.
  public let rows: [Row]
  /// The most lines of a row's caption.
  public let captionLineCount: Int
  /// The size of a cell in pixels where there is no image at all.
  public let emptyCell: (width: Int, height: Int)

  /// A sheet; nothing is drawn yet.
  ///
  /// - Parameters:
  ///   - title: what stands above everything.
  ///   - columns: a label a column.
  ///   - rows: the rows.
  ///   - captionLineCount: the most lines of a row's caption, at least 1.
  ///   - emptyCell: the size of a cell in pixels where there is no image at all.
  public init(
    title: String = "", columns: [String], rows: [Row], captionLineCount: Int = 6,
    emptyCell: (width: Int, height: Int) = (64, 64)
  ) {
    self.title = title
    self.columns = columns
    self.rows = rows
    self.captionLineCount = captionLineCount
    self.emptyCell = emptyCell
  }

  /// The sheet's width and height in pixels, found without drawing; cells may still be empty.
  ///
  /// - Parameter maximalPixels: the most pixels that it may have.
  /// - Throws: `ImagingError.gridTooLarge`.
  public func size(maximalPixels: Int = RGBImage.maximalPixelCount) throws
    -> (width: Int, height: Int)
  {
    try Sheet(self).size(maximalPixels)
  }

  /// Draws the sheet, dark text on white.
  ///
  /// - Parameter maximalPixels: the most pixels that it may have.
  /// - Throws: `ImagingError.gridTooLarge`, before anything is drawn.
  public func rendered(maximalPixels: Int = RGBImage.maximalPixelCount) throws -> RGBImage {
    let sheet = Sheet(self)
    _ = try sheet.size(maximalPixels)
    return sheet.drawn()
  }
}

/// A grid's measures in pixels, and its texts in lines.
private struct Sheet {
  let grid: ImageGrid
  let font = BitmapFont()
  let columnCount: Int
  let cellWidth: Int
  let cellHeight: Int
  let contentWidth: Int
  /// Pixels a dot of the font.
  let scale: Int
  let title: TextLayout
  let labels: [TextLayout]
  let captions: [TextLayout]
  /// A layout an image, row by row.
  let imageLabels: [[TextLayout]]

  static let narrowest = 40 * BitmapFont.width
  static let ink = RGBImage.Colour(38, 38, 42)
  static let faintInk = RGBImage.Colour(96, 96, 104)
  static let emptyCell = RGBImage.Colour(236, 236, 238)

  var gap: Int { 6 * scale }
  var margin: Int { 14 * scale }
  var lineHeight: Int { (BitmapFont.height + 2) * scale }
  var width: Int { contentWidth + 2 * margin }
  var height: Int {
    grid.rows.indices.reduce(margin + headHeight) { $0 + rowHeight($1) } + margin - rowGap
  }
  private var rowGap: Int { grid.rows.isEmpty ? 0 : 2 * gap }
  private var titleHeight: Int { block(title, below: 2 * gap) }
  private var headHeight: Int {
    titleHeight + (labels.map { block($0, below: gap) }.max() ?? 0)
  }

  init(_ grid: ImageGrid) {
    self.grid = grid
    let images = grid.rows.flatMap { $0.images.compactMap { $0 } }
    let columnCount = max(
      grid.rows.map { max($0.images.count, $0.labels.count) }.max() ?? 0, grid.columns.count, 1)
    let cellWidth = images.map(\.width).max() ?? grid.emptyCell.width
    // Text grows with the sheet, which is looked at as a whole, but a label keeps a dozen letters.
    let byWidth = columnCount * cellWidth / 1000
    let scale = max(min(byWidth, cellWidth / (12 * BitmapFont.width)), 1)
    let gaps = (columnCount - 1) * 6 * scale
    let contentWidth = max(columnCount * cellWidth + gaps, Self.narrowest * scale)
    let font = font

    self.columnCount = columnCount
    self.cellWidth = cellWidth
    self.cellHeight = images.map(\.height).max() ?? grid.emptyCell.height
    self.scale = scale
    self.contentWidth = contentWidth
    let perSheet = contentWidth / (BitmapFont.width * scale)
    // A lone column may use the sheet's whole width.
    let perColumn = columnCount == 1 ? perSheet : cellWidth / (BitmapFont.width * scale)
    title = TextLayout(grid.title, font, columns: perSheet, lineCount: 3)
    labels = grid.columns.map { TextLayout($0, font, columns: perColumn, lineCount: 2) }
    captions = grid.rows.map {
      TextLayout($0.caption, font, columns: perSheet, lineCount: grid.captionLineCount)
    }
    imageLabels = grid.rows.map { row in
      row.labels.map { TextLayout($0, font, columns: perColumn, lineCount: 2) }
    }
  }

  func size(_ maximalPixels: Int) throws -> (width: Int, height: Int) {
    let (count, overflows) = width.multipliedReportingOverflow(by: height)
    guard !overflows, count <= maximalPixels else {
      throw ImagingError.gridTooLarge(width: width, height: height, limit: maximalPixels)
    }
    return (width, height)
  }

  /// How high a block of text is, with the space below it; 0 where there is no text.
  private func block(_ layout: TextLayout, below space: Int) -> Int {
    layout.lines.isEmpty ? 0 : layout.lines.count * lineHeight + space
  }

  private func rowHeight(_ index: Int) -> Int {
    block(captions[index], below: gap) + cellHeight + labelHeight(index) + 2 * gap
  }

  /// How high the labels below a row's images are, with the space above them.
  private func labelHeight(_ index: Int) -> Int {
    imageLabels[index].map { block($0, below: gap / 2) }.max() ?? 0
  }

  private func columnX(_ column: Int) -> Int { margin + column * (cellWidth + gap) }

  func drawn() -> RGBImage {
    var canvas = Canvas(width: width, height: height, filledWith: .white)
    draw(title, on: &canvas, x: margin, y: margin, Self.ink)
    let labelBottom = margin + headHeight - gap
    for (column, label) in labels.enumerated() {
      // Labels of fewer lines than their neighbours stand at the bottom.
      let top = labelBottom - label.lines.count * lineHeight
      drawLabel(label, on: &canvas, column: column, y: top)
    }
    var y = margin + headHeight
    for (index, row) in grid.rows.enumerated() {
      draw(captions[index], on: &canvas, x: margin, y: y, Self.ink)
      let top = y + block(captions[index], below: gap)
      for (column, image) in row.images.enumerated() {
        if let image {
          let x = columnX(column) + (cellWidth - image.width) / 2
          canvas.draw(image, x: x, y: top + (cellHeight - image.height) / 2)
        } else {
          canvas.fill(
            x: columnX(column), y: top, width: cellWidth, height: cellHeight, Self.emptyCell)
        }
      }
      for (column, label) in imageLabels[index].enumerated() {
        drawLabel(label, on: &canvas, column: column, y: top + cellHeight + gap / 2)
      }
      y += rowHeight(index)
    }
    return canvas.image
  }

  /// Draws text in the middle of a column; that of a lone column begins at its left.
  private func drawLabel(
    _ label: TextLayout, on canvas: inout Canvas, column: Int, y: Int
  ) {
    for (index, line) in label.lines.enumerated() {
      let textWidth = line.count * BitmapFont.width * scale
      let x = columnCount == 1 ? margin : columnX(column) + (cellWidth - textWidth) / 2
      canvas.draw(line, in: font, x: x, y: y + index * lineHeight, scale: scale, Self.faintInk)
    }
  }

  private func draw(
    _ layout: TextLayout, on canvas: inout Canvas, x: Int, y: Int, _ colour: RGBImage.Colour
  ) {
    for (index, line) in layout.lines.enumerated() {
      canvas.draw(line, in: font, x: x, y: y + index * lineHeight, scale: scale, colour)
    }
  }
}
