internal import Foundation

/// What an image looks like in a few numbers, by which a drift of many images towards dark, flat or
/// garish ones is noticed before anyone looks at them.
///
/// Luma is `Y = 0.299 R + 0.587 G + 0.114 B` (ITU-R BT.601) of the stored samples, divided by 255.
public struct ImageStatistics: Sendable, Equatable, Codable {
  /// The mean of Y, 0…1.
  public let brightness: Double
  /// The standard deviation of Y over all pixels (divided by their number), 0…0.5.
  public let contrast: Double
  /// The mean of `(max(R, G, B) − min(R, G, B)) / 255`, 0…1. HSV's saturation divides by the maximum
  /// instead, which makes the noise of a black image as saturated as a poster.
  public let saturation: Double
  /// The share of pixels at which Sobel's gradient of Y, `√(gx² + gy²) / 4`, is above
  /// ``edgeLevel``; a step from black to white has 1. Beyond the border the image goes on as its
  /// outermost pixels.
  public let edgeDensity: Double
  /// The share of pixels whose Y is below ``nearBlackLevel``.
  public let nearBlackFraction: Double
  /// The entropy of the colours, `−Σ p log₂ p` over 8 × 8 × 8 bins of equal size, 0…9 bits.
  public let colourEntropy: Double

  /// The gradient from which a pixel counts as part of an edge, of 1 for black beside white.
  public static let edgeLevel = 0.1
  /// The luma below which a pixel counts as black.
  public static let nearBlackLevel = 16.0 / 255

  /// Measures an image.
  public init(of image: RGBImage) {
    let count = Double(image.width * image.height)
    // Thousandths of a grey level, so that sums are exact.
    var luma: [Int] = []
    luma.reserveCapacity(image.width * image.height)
    var bins = [Int](repeating: 0, count: 512)
    var chroma = 0
    image.pixels.withUnsafeBufferPointer { pixels in
      for at in stride(from: 0, to: pixels.count, by: 3) {
        let (red, green, blue) = (Int(pixels[at]), Int(pixels[at + 1]), Int(pixels[at + 2]))
        luma.append(299 * red + 587 * green + 114 * blue)
        chroma += max(red, green, blue) - min(red, green, blue)
        bins[(red >> 5) << 6 | (green >> 5) << 3 | blue >> 5] += 1
      }
    }
    let white = 255_000.0
    let mean = Double(luma.reduce(0, +)) / count
    let variance = luma.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    let black = luma.reduce(0) { $0 + (Double($1) < Self.nearBlackLevel * white ? 1 : 0) }

    brightness = mean / white
    contrast = variance.squareRoot() / white
    saturation = Double(chroma) / 255 / count
    edgeDensity =
      Double(
        Self.edgeCount(
          luma, width: image.width, height: image.height, above: Self.edgeLevel * white))
      / count
    nearBlackFraction = Double(black) / count
    colourEntropy = bins.reduce(0) { entropy, bin in
      guard bin > 0 else { return entropy }
      let share = Double(bin) / count
      return entropy - share * log2(share)
    }
  }

  private init(
    brightness: Double, contrast: Double, saturation: Double, edgeDensity: Double,
    nearBlackFraction: Double, colourEntropy: Double
  ) {
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.edgeDensity = edgeDensity
    self.nearBlackFraction = nearBlackFraction
    self.colourEntropy = colourEntropy
  }

  /// The mean of each number over several images; nil where there is none.
  public static func mean(of all: [ImageStatistics]) -> ImageStatistics? {
    guard !all.isEmpty else { return nil }
    func mean(_ number: (ImageStatistics) -> Double) -> Double {
      all.reduce(0) { $0 + number($1) } / Double(all.count)
    }
    return ImageStatistics(
      brightness: mean(\.brightness), contrast: mean(\.contrast), saturation: mean(\.saturation),
      edgeDensity: mean(\.edgeDensity), nearBlackFraction: mean(\.nearBlackFraction),
      colourEntropy: mean(\.colourEntropy))
  }

  /// How many pixels have a Sobel gradient above `level`, in the unit of `luma`.
  private static func edgeCount(_ luma: [Int], width: Int, height: Int, above level: Double) -> Int
  {
    let limit = 16 * level * level
    var count = 0
    luma.withUnsafeBufferPointer { luma in
      for y in 0..<height {
        let above = max(y - 1, 0) * width
        let here = y * width
        let below = min(y + 1, height - 1) * width
        for x in 0..<width {
          let (left, right) = (max(x - 1, 0), min(x + 1, width - 1))
          let across =
            luma[above + right] + 2 * luma[here + right] + luma[below + right]
            - luma[above + left] - 2 * luma[here + left] - luma[below + left]
          let down =
            luma[below + left] + 2 * luma[below + x] + luma[below + right]
            - luma[above + left] - 2 * luma[above + x] - luma[above + right]
          if Double(across * across + down * down) > limit { count += 1 }
        }
      }
    }
    return count
  }
}
