internal import Imaging

/// A picture as the oracle looks at it: one working size whatever the file's, lightly smoothed, so
/// that all thresholds mean the same and noise of single pixels does not count.
struct SmoothedPicture {
  /// The working length of the shorter edge, in pixels: the smallest figure is 40 pixels high.
  static let shorterEdge = 160

  /// The shortest edge of a picture in which a figure can be told.
  static let smallestEdge = 48

  /// Columns.
  let width: Int

  /// Rows.
  let height: Int

  /// Red, row by row, 0…1.
  let red: [Float]

  /// Green, row by row, 0…1.
  let green: [Float]

  /// Blue, row by row, 0…1.
  let blue: [Float]

  /// `image` at the working size; nil where an edge is shorter than ``smallestEdge``.
  init?(_ image: RGBImage) {
    let edge = min(image.width, image.height)
    guard edge >= Self.smallestEdge else { return nil }
    width = (image.width * Self.shorterEdge + edge / 2) / edge
    height = (image.height * Self.shorterEdge + edge / 2) / edge
    let scaled = image.resized(width: width, height: height, filter: .bilinear)
    red = Self.smoothed(scaled, channel: 0)
    green = Self.smoothed(scaled, channel: 1)
    blue = Self.smoothed(scaled, channel: 2)
  }

  /// One channel in 0…1, each pixel averaged with its neighbours by ¼ ½ ¼ along both axes.
  private static func smoothed(_ image: RGBImage, channel: Int) -> [Float] {
    let scale: Float = 1 / (16 * 255)
    return image.neighbourSums(channel: channel).map { $0 * scale }
  }
}
