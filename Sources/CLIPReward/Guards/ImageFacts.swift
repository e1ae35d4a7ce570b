public import Imaging

/// What the guard needs to know of an image, so that the image itself need not be decoded again.
public struct ImageFacts: Sendable, Equatable, Codable {
  /// Columns.
  public let width: Int
  /// Rows.
  public let height: Int
  /// SHA-256 of size and pixels.
  public let pixelDigest: String
  /// No sample is above 2 of 255.
  public let isBlack: Bool
  /// Every colour varies by at most 2 of 255.
  public let isFlat: Bool

  /// The facts of a decoded image.
  public init(_ image: RGBImage) {
    let statistics = image.statistics
    (width, height) = (image.width, image.height)
    pixelDigest = image.pixelDigest
    isBlack = statistics.isNearlyBlack()
    isFlat = statistics.isNearlyConstant()
  }
}
