internal import CImaging
internal import Files

/// JPEG (ITU-T T.81) through libjpeg.
public enum JPEG {
  /// How many pixels share a colour sample.
  public enum Subsampling: String, Sendable, CaseIterable {
    /// Each pixel has its own colour.
    case none = "4:4:4"
    /// Two pixels side by side share one.
    case horizontal = "4:2:2"
    /// Two by two pixels share one: libjpeg's and Pillow's default.
    case both = "4:2:0"

    fileprivate var factors: (CInt, CInt) {
      switch self {
      case .none: (1, 1)
      case .horizontal: (2, 1)
      case .both: (2, 2)
      }
    }
  }

  /// Decodes a JPEG to what Pillow's `convert("RGB")` gives: grey, YCbCr, RGB, CMYK and YCCK (both
  /// taken as inverted, as Adobe writes them), baseline or progressive.
  ///
  /// Orientation tags and colour profiles are not applied. Damage that leaves an image is passed
  /// over; an end before the end-of-image marker is an error.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: what messages call it.
  ///   - maximalPixels: the most pixels that it may announce.
  public static func decode(
    _ bytes: [UInt8], named name: String = "these bytes",
    maximalPixels: Int = RGBImage.maximalPixelCount
  ) throws -> RGBImage {
    guard ImageFile.format(of: bytes) == .jpeg else {
      throw ImagingError.wrongFormat(
        source: name, expected: "JPEG", found: ImageFile.description(of: bytes))
    }
    return try CodecCall.decode(
      bytes, named: name, format: "JPEG", maximalPixels: maximalPixels, size: cimaging_jpeg_size,
      pixels: cimaging_jpeg_decode)
  }

  /// Reads a JPEG file; see `decode`.
  public static func read(
    _ path: String, maximalPixels: Int = RGBImage.maximalPixelCount
  ) throws -> RGBImage {
    try decode(ImageFile.bytes(of: path), named: path, maximalPixels: maximalPixels)
  }

  /// Encodes an image as a baseline JFIF file, with the same bytes as Pillow's `save`.
  ///
  /// - Parameters:
  ///   - image: what to encode, at most 65,500 pixels wide and high.
  ///   - quality: 1 (smallest) to 100; 75 is Pillow's default.
  ///   - subsampling: how many pixels share a colour sample.
  public static func encode(
    _ image: RGBImage, quality: Int = 75, subsampling: Subsampling = .both
  ) throws -> [UInt8] {
    let (horizontal, vertical) = subsampling.factors
    return try CodecCall.encode("JPEG") {
      cimaging_jpeg_encode(
        image.pixels, UInt32(image.width), UInt32(image.height), CInt(min(max(quality, 1), 100)),
        horizontal, vertical, $0, $1)
    }
  }

  /// Writes an image as a JPEG file, all of it or nothing; what was at `path` is replaced.
  ///
  /// - Parameters:
  ///   - image: what to write, at most 65,500 pixels wide and high.
  ///   - path: the file.
  ///   - quality: 1 (smallest) to 100.
  ///   - subsampling: how many pixels share a colour sample.
  public static func write(
    _ image: RGBImage, to path: String, quality: Int = 75, subsampling: Subsampling = .both
  ) throws {
    try AtomicFile.write(
      encode(image, quality: quality, subsampling: subsampling), to: path)
  }
}
