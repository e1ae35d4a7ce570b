/// An image while it is being drawn. What falls beside it is not drawn.
struct Canvas {
  let width: Int
  let height: Int
  private var pixels: [UInt8]

  init(width: Int, height: Int, filledWith colour: RGBImage.Colour) {
    self.width = width
    self.height = height
    pixels = RGBImage(width: width, height: height, filledWith: colour).pixels
  }

  /// What has been drawn.
  var image: RGBImage { RGBImage(width: width, height: height, pixels: pixels) }

  /// Fills a rectangle.
  mutating func fill(x: Int, y: Int, width: Int, height: Int, _ colour: RGBImage.Colour) {
    let columns = max(x, 0)..<max(min(x + width, self.width), max(x, 0))
    for row in max(y, 0)..<max(min(y + height, self.height), max(y, 0)) {
      for column in columns {
        let at = 3 * (row * self.width + column)
        pixels[at] = colour.red
        pixels[at + 1] = colour.green
        pixels[at + 2] = colour.blue
      }
    }
  }

  /// Copies an image, its upper left pixel to column `x`, row `y`, both at least 0.
  mutating func draw(_ image: RGBImage, x: Int, y: Int) {
    let columns = min(image.width, width - x)
    guard columns > 0 else { return }
    for row in 0..<max(min(image.height, height - y), 0) {
      let (from, to) = (3 * row * image.width, 3 * ((y + row) * width + x))
      pixels.replaceSubrange(to..<to + 3 * columns, with: image.pixels[from..<from + 3 * columns])
    }
  }

  /// Draws one line of text, the upper left corner of its first cell at column `x`, row `y`.
  ///
  /// - Parameter scale: how many pixels a dot of the font is wide and high.
  mutating func draw(
    _ line: [BitmapFont.Cell], in font: BitmapFont, x: Int, y: Int, scale: Int,
    _ colour: RGBImage.Colour
  ) {
    for (index, cell) in line.enumerated() {
      let left = x + index * BitmapFont.width * scale
      for (row, dots) in font.rows(of: cell).enumerated() where dots != 0 {
        for column in 0..<BitmapFont.width where dots & (0x80 >> UInt8(column)) != 0 {
          fill(
            x: left + column * scale, y: y + row * scale, width: scale, height: scale, colour)
        }
      }
    }
  }
}
