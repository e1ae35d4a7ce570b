/// The squares of pictures that an autoencoder learns from.
struct SquareSettings: Sendable, Equatable, Codable {
  /// How many pictures of each size, in pixels, are drawn before the course begins.
  var pictures: [PictureShare]

  /// Side of the squares that are cut out of them, in pixels.
  var crop: Int

  /// Pictures of one size.
  struct PictureShare: Sendable, Equatable, Codable {
    /// Side, in pixels.
    var size: Int
    /// How many there are.
    var count: Int
    /// How often one of them is drawn, against the other sizes.
    var weight: Double
  }
}
