package import Imaging
package import RAFT

/// Pictures that show no figure.
package enum EmptyPicture: String, Sendable, CaseIterable {
  /// One colour, any or a background's.
  case blank
  /// Samples by chance, smoothed over 1 to a fifth of the edge, on the whole picture or as a patch.
  case noise
  /// Stripes of two colours.
  case stripes
  /// Squares of two colours.
  case checkers
  /// From one colour to another.
  case gradient
  /// One soft-edged patch of a figure's colour on a background.
  case patch
  /// Discs of a figure's colour by chance that together are no figure.
  case blob

  /// A picture of `size` × `size` pixels.
  package func image(size: Int, using generator: inout SplitMix64) -> RGBImage {
    let edge = Double(size)
    let ground = generator.element(of: Background.allCases).rgb
    let ink = generator.element(of: Color.allCases).rgb
    let (one, other) = (Self.color(using: &generator), Self.color(using: &generator))
    switch self {
    case .blank:
      let color = generator.unit() < 0.5 ? ground : one
      return Self.image(size) { _, _ in color }
    case .noise:
      let cells = max(Int(edge / generator.value(in: 1...edge / 5)), 2)
      let samples = (0..<3 * cells * cells).map { _ in UInt8(generator.index(below: 256)) }
      return RGBImage(width: cells, height: cells, pixels: samples)
        .resized(width: size, height: size)
    case .stripes:
      let period = generator.value(in: 0.03...0.5)
      let angle = generator.element(of: [SIMD2(1, 0), SIMD2(0, 1), SIMD2(0.7, 0.7)])
      let share = generator.value(in: 0.2...0.8)
      let (first, second) = generator.unit() < 0.5 ? (ground, ink) : (one, other)
      return Self.image(size) { x, y in
        let place = (x * angle.x + y * angle.y) / period
        return place - place.rounded(.down) < share ? first : second
      }
    case .checkers:
      let period = generator.value(in: 0.04...0.5)
      let (first, second) = generator.unit() < 0.5 ? (ground, ink) : (one, other)
      return Self.image(size) { x, y in
        (Int(x / period) + Int(y / period)).isMultiple(of: 2) ? first : second
      }
    case .gradient:
      let isRound = generator.unit() < 0.5
      let (first, second) = generator.unit() < 0.5 ? (ground, ink) : (one, other)
      return Self.image(size) { x, y in
        let away = ((x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5)).squareRoot() * 1.4
        let share = Float(isRound ? away : (x + y) / 2)
        return first * share + second * (1 - share)
      }
    case .patch:
      let radius = generator.value(in: 0.1...0.25)
      let (left, top) = (generator.value(in: 0.3...0.7), generator.value(in: 0.3...0.7))
      return Self.image(size) { x, y in
        let away = ((x - left) * (x - left) + (y - top) * (y - top)) / (radius * radius)
        let share = Float(max(1 - away / 4, 0))
        return ground + (ink - ground) * share * share
      }
    case .blob:
      let discs = (0..<3 + generator.index(below: 4)).map { _ in
        SIMD3(
          generator.value(in: 0.35...0.65), generator.value(in: 0.35...0.65),
          generator.value(in: 0.04...0.12))
      }
      return Self.image(size) { x, y in
        let isInside = discs.contains { disc in
          (x - disc.x) * (x - disc.x) + (y - disc.y) * (y - disc.y) < disc.z * disc.z
        }
        return isInside ? ink : ground
      }
    }
  }

  private static func color(using generator: inout SplitMix64) -> SIMD3<Float> {
    SIMD3(Float(generator.unit()), Float(generator.unit()), Float(generator.unit()))
  }

  /// The picture of a function of a place, from the left and the top in 0…1.
  private static func image(_ size: Int, _ color: (Double, Double) -> SIMD3<Float>) -> RGBImage {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(3 * size * size)
    for row in 0..<size {
      for column in 0..<size {
        let rgb = color(
          (Double(column) + 0.5) / Double(size), (Double(row) + 0.5) / Double(size))
        let bytes = SIMD3<UInt8>(
          (rgb * 255).clamped(lowerBound: .zero, upperBound: SIMD3(repeating: 255)),
          rounding: .toNearestOrAwayFromZero)
        pixels += [bytes.x, bytes.y, bytes.z]
      }
    }
    return RGBImage(width: size, height: size, pixels: pixels)
  }
}
