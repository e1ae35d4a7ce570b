/// What colour a part of a picture has, whichever style it is drawn in: tints keep a colour's hue.
struct ColorReading {
  /// The least saturation of a figure, as a share of its colour's: the light tints have 0.4, beige
  /// 0.18 of yellow's.
  static let leastSaturation: Float = 0.3

  /// How far a hue may be from a colour's, as the sine of the angle: 22°, and half-way between
  /// neighbours that are closer.
  static let largestHueSine: Float = 0.375

  /// How far a pixel's hue must be from the figure's to be another, as the sine of the angle.
  static let foreignHueSine: Float = 0.27

  /// How far the mean may be from all mixtures of the colour and its palest tint, in RGB.
  static let largestDistance: Float = 0.2

  /// The largest share of background in a thin stroke's mean.
  static let largestVeil: Float = 0.5

  /// The largest share of the part that may have another colour's hue.
  static let largestForeignShare = 0.25

  /// The colour; nil where it is none, or more than one.
  let color: Color?

  /// Whether parts of it have clearly different hues.
  let isMixed: Bool

  /// Reads the colour of pixels.
  ///
  /// - Parameters:
  ///   - pixels: indices into the picture, at least one.
  ///   - contrast: each of the picture's pixels' distance from `background`.
  ///   - background: what lies behind, each channel 0…1.
  init(
    of pixels: [Int], in picture: SmoothedPicture, contrast: [Float], background: SIMD3<Float>
  ) {
    // The clearest half: thin strokes are mixed with the background.
    let clearest = pixels.sorted { contrast[$0] > contrast[$1] }.prefix((pixels.count + 1) / 2)
    var mean = SIMD3<Float>()
    for index in clearest {
      mean += SIMD3(picture.red[index], picture.green[index], picture.blue[index])
    }
    mean /= Float(clearest.count)
    let chroma = Chroma(mean)
    let nearest = Self.nearest(to: chroma)
    var (foreign, colored) = (0, 0)
    for index in pixels {
      let pixel = Chroma(SIMD3(picture.red[index], picture.green[index], picture.blue[index]))
      guard pixel.length >= 0.1 else { continue }
      colored += 1
      if Self.nearest(to: pixel) != nearest,
        pixel.sine(to: chroma) > Self.foreignHueSine || pixel.dot(chroma) < 0
      {
        foreign += 1
      }
    }
    isMixed = Double(foreign) > Self.largestForeignShare * Double(colored)
    let hue = Chroma(nearest.rgb)
    let isClear =
      chroma.length >= Self.leastSaturation * hue.length && chroma.dot(hue) > 0
      && chroma.sine(to: hue) <= Self.largestHueSine
      && Self.distance(of: mean, on: background, from: nearest) <= Self.largestDistance
    color = isClear && !isMixed ? nearest : nil
  }

  private static func nearest(to chroma: Chroma) -> Color {
    var best = (color: Color.red, cosine: -Float.infinity)
    for (color, hue) in hues {
      let cosine = chroma.dot(hue)
      if cosine > best.cosine { best = (color, cosine) }
    }
    return best.color
  }

  /// The colours with their hues at length 1.
  private static let hues = Color.allCases.map { color in
    let chroma = Chroma(color.rgb)
    return (color, Chroma(x: chroma.x / chroma.length, y: chroma.y / chroma.length))
  }

  /// How far `rgb` is from a colour and its tints, behind the veil of background that fits best.
  private static func distance(
    of rgb: SIMD3<Float>, on background: SIMD3<Float>, from color: Color
  ) -> Float {
    stride(from: 0, through: largestVeil, by: largestVeil / 5).map { veil in
      distance(of: background + (rgb - background) / (1 - veil), from: color)
    }.min() ?? .infinity
  }

  /// How far `rgb` is from the line between a colour and its palest tint.
  private static func distance(of rgb: SIMD3<Float>, from color: Color) -> Float {
    let tint = color.rgb * 0.4 + 0.6
    let way = tint - color.rgb
    let share = ((rgb - color.rgb) * way).sum() / (way * way).sum()
    return (rgb - color.rgb - way * min(max(share, 0), 1)).length
  }
}

/// Where a colour lies around the grey axis: its angle is the hue, its length the saturation, which
/// is that of the colour times the share of a mixture with grey that it makes up.
struct Chroma {
  /// Along red.
  let x: Float

  /// Towards green, away from blue.
  let y: Float

  /// The length, 0…1.
  var length: Float { (x * x + y * y).squareRoot() }

  /// A place.
  init(x: Float, y: Float) {
    (self.x, self.y) = (x, y)
  }

  /// The place of a colour, each channel 0…1.
  init(_ rgb: SIMD3<Float>) {
    x = rgb.x - (rgb.y + rgb.z) / 2
    y = (rgb.y - rgb.z) * 0.866_025_4
  }

  /// The scalar product.
  func dot(_ other: Chroma) -> Float { x * other.x + y * other.y }

  /// The sine of the angle to `other`, 0…1.
  func sine(to other: Chroma) -> Float {
    abs(x * other.y - y * other.x) / max(length * other.length, .leastNormalMagnitude)
  }
}
