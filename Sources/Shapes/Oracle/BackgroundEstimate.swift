/// What a picture's figures lie on, by its edge, which no figure of a right picture reaches.
struct BackgroundEstimate {
  /// How far a colour may be from a background's and still be it, as a distance in RGB.
  static let tolerance: Float = 0.14

  /// The least share of the edge that must show the background.
  static let flatShare = 0.7

  /// The edge's median colour, each channel 0…1.
  let rgb: SIMD3<Float>

  /// The share of the edge's pixels that have this colour, 0…1.
  let share: Double

  /// The background that this is; nil where none is near.
  let background: Background?

  /// Looks at the pixels of `picture` that lie on its edge.
  init(_ picture: SmoothedPicture) {
    let edge = Self.edge(of: picture)
    func median(_ channel: [Float]) -> Float { edge.map { channel[$0] }.sorted()[edge.count / 2] }
    let rgb = SIMD3(median(picture.red), median(picture.green), median(picture.blue))
    let flat = edge.count { index in
      let pixel = SIMD3(picture.red[index], picture.green[index], picture.blue[index])
      return (pixel - rgb).length < Segmentation.leastContrast
    }
    self.rgb = rgb
    share = Double(flat) / Double(edge.count)
    let nearest = Background.allCases.min { ($0.rgb - rgb).length < ($1.rgb - rgb).length }
    background = nearest.flatMap { ($0.rgb - rgb).length <= Self.tolerance ? $0 : nil }
  }

  /// Whether the edge has one colour, as far as figures leave it.
  var isFlat: Bool { share >= Self.flatShare }

  private static func edge(of picture: SmoothedPicture) -> [Int] {
    let (width, height) = (picture.width, picture.height)
    var indices: [Int] = []
    for y in 0..<height {
      if y == 0 || y == height - 1 {
        indices += y * width..<(y + 1) * width
      } else {
        indices += [y * width, (y + 1) * width - 1]
      }
    }
    return indices
  }
}

extension SIMD3<Float> {
  /// The Euclidean norm.
  var length: Float { (self * self).sum().squareRoot() }
}
