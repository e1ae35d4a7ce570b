internal import CImaging
internal import Files

/// Portable Network Graphics (W3C, third edition), pixels through libpng.
public enum PNG {
  /// The eight bytes that begin every PNG file.
  package static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Decodes a PNG of any colour type, depth and interlacing to what Pillow's `convert("RGB")`
  /// gives.
  ///
  /// Alpha and transparent colours are dropped without compositing, or laid over white; of 16-bit
  /// colour the high byte is kept; 16-bit grey (without alpha) is clipped at 255, as Pillow does,
  /// so that such an image is mostly white; gamma and colour profiles are not applied; of an
  /// animation the default image is read. A file without its end chunk counts as truncated, even
  /// where every row is there.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: what messages call it.
  ///   - maximalPixels: the most pixels that it may announce.
  ///   - transparency: what becomes of it.
  public static func decode(
    _ bytes: [UInt8], named name: String = "these bytes",
    maximalPixels: Int = RGBImage.maximalPixelCount, transparency: Transparency = .dropped
  ) throws -> RGBImage {
    try check(bytes, name)
    return try CodecCall.decode(
      bytes, named: name, format: "PNG", maximalPixels: maximalPixels, size: cimaging_png_size,
      pixels: {
        cimaging_png_decode($0, $1, $2, $3, transparency == .overWhite, $4, $5)
      })
  }

  /// Reads a PNG file; see `decode`.
  public static func read(
    _ path: String, maximalPixels: Int = RGBImage.maximalPixelCount
  ) throws -> RGBImage {
    try decode(ImageFile.bytes(of: path), named: path, maximalPixels: maximalPixels)
  }

  /// Encodes an image as 8-bit RGB, with text chunks before the pixels.
  ///
  /// The same image, texts and level give the same bytes (under one version of zlib).
  ///
  /// - Parameters:
  ///   - image: what to encode.
  ///   - texts: keyword and text pairs, written in their order.
  ///   - level: zlib's effort, 0 (none) to 9.
  /// - Throws: `ImagingError` for a keyword or text that PNG cannot hold.
  public static func encode(
    _ image: RGBImage, texts: [PNGText] = [], level: Int = 6
  ) throws -> [UInt8] {
    let chunks = try texts.flatMap { try $0.chunk() }
    let bytes = try CodecCall.encode("PNG") {
      cimaging_png_encode(
        image.pixels, UInt32(image.width), UInt32(image.height), CInt(min(max(level, 0), 9)), $0,
        $1)
    }
    // libpng writes the signature and then the header chunk: 8 + (4 + 4 + 13 + 4) bytes.
    return Array(bytes[..<33]) + chunks + bytes[33...]
  }

  /// Writes an image as a PNG file, all of it or nothing.
  ///
  /// - Parameters:
  ///   - image: what to write.
  ///   - path: the file; what was there is replaced.
  ///   - texts: keyword and text pairs, written in their order.
  ///   - level: zlib's effort, 0 (none) to 9.
  public static func write(
    _ image: RGBImage, to path: String, texts: [PNGText] = [], level: Int = 6
  ) throws {
    try AtomicFile.write(encode(image, texts: texts, level: level), to: path)
  }

  /// The text chunks of a PNG file, in its order; see `PNGText.read`.
  public static func texts(of path: String) throws -> [PNGText] {
    try PNGText.read(ImageFile.bytes(of: path), named: path)
  }

  static func check(_ bytes: [UInt8], _ name: String) throws {
    guard bytes.starts(with: signature) else {
      throw ImagingError.wrongFormat(
        source: name, expected: "PNG", found: ImageFile.description(of: bytes))
    }
  }
}
