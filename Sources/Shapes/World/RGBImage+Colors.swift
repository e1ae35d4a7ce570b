internal import Foundation
package import Imaging
package import RAFT

/// Changes that leave every pixel in its place.
extension RGBImage {
  /// The mean of red, of green and of blue, 0…255.
  package var meanColor: SIMD3<Float> {
    var sum = SIMD3<Double>()
    for index in stride(from: 0, to: pixels.count, by: 3) {
      sum += [Double(pixels[index]), Double(pixels[index + 1]), Double(pixels[index + 2])]
    }
    return SIMD3<Float>(sum / Double(width * height))
  }

  /// Each pixel as `change` makes it from its red, green and blue, 0…255; cut off at the ends.
  package func mapped(_ change: (SIMD3<Float>) -> SIMD3<Float>) -> RGBImage {
    var result = pixels
    for index in stride(from: 0, to: pixels.count, by: 3) {
      let old = SIMD3<Float>(
        Float(pixels[index]), Float(pixels[index + 1]), Float(pixels[index + 2]))
      let new = change(old).clamped(lowerBound: .zero, upperBound: .init(repeating: 255))
      for channel in 0..<3 { result[index + channel] = UInt8(new[channel].rounded()) }
    }
    return RGBImage(width: width, height: height, pixels: result)
  }

  /// A `share` of one colour in every pixel, 0…1.
  package func blended(with color: SIMD3<Float>, share: Double) -> RGBImage {
    let share = Float(share)
    return mapped { $0 + share * (color - $0) }
  }

  /// A `share` of its own grey in every pixel, 0…1 (Rec. 601).
  package func desaturated(share: Double) -> RGBImage {
    let share = Float(share)
    return mapped { color in
      let grey = (color * [0.299, 0.587, 0.114]).sum()
      return color + share * (SIMD3(repeating: grey) - color)
    }
  }

  /// Every sample times `factor`.
  package func brightened(by factor: Double) -> RGBImage {
    let factor = Float(factor)
    return mapped { $0 * factor }
  }

  /// Normal noise of `deviation` grey levels on every sample.
  package func noisy(deviation: Double, using random: inout SplitMix64) -> RGBImage {
    func normals(_ random: inout SplitMix64) -> SIMD3<Float> {
      // Box and Muller: two of each pair, the second of the second pair left out.
      let radii = SIMD2(
        (-2 * log(1 - random.unit())).squareRoot(), (-2 * log(1 - random.unit())).squareRoot())
      let angles = SIMD2(2 * Double.pi * random.unit(), 2 * Double.pi * random.unit())
      return SIMD3<Float>(
        Float(radii.x * cos(angles.x)), Float(radii.x * sin(angles.x)),
        Float(radii.y * cos(angles.y)))
    }
    return mapped { $0 + Float(deviation) * normals(&random) }
  }
}
