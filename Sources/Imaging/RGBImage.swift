/// An image of 8-bit red, green and blue samples, in the colour space of the file it came from
/// (sRGB as a rule; no profile is applied).
public struct RGBImage: Sendable, Equatable {
  /// The number of columns, at least 1.
  public let width: Int
  /// The number of rows, at least 1.
  public let height: Int
  /// The samples, row by row from the top, R G B for each pixel: 3 · width · height bytes.
  public let pixels: [UInt8]

  /// The most pixels that a file may announce before it is read: Pillow's own limit, 2¹⁹ · 1024 / 3
  /// pixels (an image of 512 MiB).
  public static let maximalPixelCount = 178_956_970

  /// An image over samples that are already there.
  ///
  /// - Parameters:
  ///   - width: columns, at least 1.
  ///   - height: rows, at least 1.
  ///   - pixels: 3 · width · height bytes, R G B, row by row from the top.
  /// - Precondition: the number of bytes fits the size.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0, "an image has at least one pixel")
    precondition(pixels.count == 3 * width * height, "an image has 3 · width · height samples")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// An image of one colour.
  public init(width: Int, height: Int, filledWith colour: Colour) {
    var pixels = [UInt8](repeating: colour.red, count: 3 * width * height)
    if colour.green != colour.red || colour.blue != colour.red {
      for index in stride(from: 0, to: pixels.count, by: 3) {
        pixels[index + 1] = colour.green
        pixels[index + 2] = colour.blue
      }
    }
    self.init(width: width, height: height, pixels: pixels)
  }

  /// Red, green and blue, each 0…255.
  public struct Colour: Sendable, Equatable {
    /// Red, 0…255.
    public let red: UInt8
    /// Green, 0…255.
    public let green: UInt8
    /// Blue, 0…255.
    public let blue: UInt8

    /// A colour from its three samples, each 0…255.
    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
      (self.red, self.green, self.blue) = (red, green, blue)
    }

    /// (0, 0, 0).
    public static let black = Colour(0, 0, 0)
    /// (255, 255, 255).
    public static let white = Colour(255, 255, 255)
  }

  /// The colour at column `x` (from the left) and row `y` (from the top).
  ///
  /// - Precondition: the place lies inside the image.
  public subscript(x: Int, y: Int) -> Colour {
    precondition(x >= 0 && x < width && y >= 0 && y < height, "the pixel lies inside the image")
    let at = 3 * (y * width + x)
    return Colour(pixels[at], pixels[at + 1], pixels[at + 2])
  }

  /// The part of `width` × `height` pixels whose upper left pixel is at column `x`, row `y`.
  ///
  /// - Precondition: the part has at least one pixel and lies inside the image.
  public func cropped(x: Int, y: Int, width: Int, height: Int) -> RGBImage {
    precondition(
      x >= 0 && y >= 0 && width > 0 && height > 0 && x <= self.width - width
        && y <= self.height - height,
      "the part lies inside the image")
    var part: [UInt8] = []
    part.reserveCapacity(3 * width * height)
    for row in y..<y + height {
      let start = 3 * (row * self.width + x)
      part += pixels[start..<start + 3 * width]
    }
    return RGBImage(width: width, height: height, pixels: part)
  }
}
