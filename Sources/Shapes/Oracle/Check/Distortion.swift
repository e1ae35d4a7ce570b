package import Imaging
package import RAFT

/// What becomes of a picture on its way through an autoencoder or a file, roughly.
package enum Distortion: String, Sendable, CaseIterable {
  /// Smoothed by ¼ ½ ¼ along both axes.
  case blurred
  /// Overshooting at borders, as a narrow decoder does.
  case ringing
  /// Up to eight grey levels more or less in each sample.
  case noisy
  /// Each channel scaled by up to 4 % and moved by up to 8 grey levels, all pixels alike.
  case tinted
  /// Through JPEG of quality 75.
  case compressed
  /// All of these but ringing, one after the other.
  case all = "blurred, tinted, noisy and compressed"

  /// `image` after it.
  ///
  /// - Throws: `ImagingError`, where there is not enough memory.
  package func callAsFunction(_ image: RGBImage, using generator: inout SplitMix64) throws
    -> RGBImage
  {
    switch self {
    case .blurred: return image.smoothed()
    case .ringing:
      let (soft, softer) = (image.smoothed(), image.smoothed().smoothed())
      return image.zipped(soft, softer) { _, soft, softer in soft + 2 * (soft - softer) }
    case .noisy:
      return image.mapped { color in
        var shift = SIMD3<Float>()
        for channel in 0..<3 { shift[channel] = Float(generator.index(below: 17)) - 8 }
        return color + shift
      }
    case .tinted:
      let scales = (0..<3).map { _ in Float(0.96 + 0.08 * generator.unit()) }
      let shifts = (0..<3).map { _ in Float(16 * generator.unit() - 8) }
      let (scale, shift) = (SIMD3<Float>(scales), SIMD3<Float>(shifts))
      return image.mapped { $0 * scale + shift }
    case .compressed: return try JPEG.decode(JPEG.encode(image, quality: 75))
    case .all:
      return try [Distortion.blurred, .tinted, .noisy, .compressed].reduce(image) { image, one in
        try one(image, using: &generator)
      }
    }
  }
}

extension RGBImage {
  /// What `combine` makes of the samples of three images of one size, clamped to 0…255.
  fileprivate func zipped(
    _ one: RGBImage, _ other: RGBImage, _ combine: (Float, Float, Float) -> Float
  ) -> RGBImage {
    let combined = pixels.indices.map { index in
      let value = combine(
        Float(pixels[index]), Float(one.pixels[index]), Float(other.pixels[index]))
      return UInt8(min(max(value, 0), 255).rounded())
    }
    return RGBImage(width: width, height: height, pixels: combined)
  }
}
