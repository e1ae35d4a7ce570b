internal import Files

/// An image file of either format that is read here.
public enum ImageFile {
  /// What a file is, by its first bytes.
  public enum Format: String, Sendable, CaseIterable {
    /// Portable Network Graphics.
    case png = "PNG"
    /// JPEG, in any container that begins with a start-of-image marker (JFIF, Exif, Adobe).
    case jpeg = "JPEG"
  }

  /// The most bytes of a file that are read, 1 GiB.
  public static let maximalByteCount = 1 << 30

  /// Reads the image at `path`, PNG or JPEG by its first bytes, whatever its name ends in.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - maximalPixels: the most pixels that it may announce.
  ///   - transparency: what becomes of it.
  /// - Throws: `ImagingError`, which says what the file is if it is neither; `FileError`.
  public static func read(
    _ path: String, maximalPixels: Int = RGBImage.maximalPixelCount,
    transparency: Transparency = .dropped
  ) throws -> RGBImage {
    try decode(
      bytes(of: path), named: path, maximalPixels: maximalPixels, transparency: transparency)
  }

  /// Decodes a PNG or JPEG file's bytes.
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
    switch format(of: bytes) {
    case .png:
      return try PNG.decode(
        bytes, named: name, maximalPixels: maximalPixels, transparency: transparency)
    case .jpeg: return try JPEG.decode(bytes, named: name, maximalPixels: maximalPixels)
    case nil: throw ImagingError.notAnImage(source: name, found: description(of: bytes))
    }
  }

  /// The format by the first bytes; nil for everything else.
  public static func format(of bytes: [UInt8]) -> Format? {
    if bytes.starts(with: PNG.signature) { return .png }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
    return nil
  }

  /// All bytes of the file at `path`.
  ///
  /// - Throws: `FileError` where there is none, it cannot be read, or it is larger than
  ///   `maximalByteCount`.
  package static func bytes(of path: String) throws -> [UInt8] {
    try WholeFile.bytes(of: path, limit: maximalByteCount)
  }

  /// What bytes look like that are neither PNG nor JPEG.
  package static func description(of bytes: [UInt8]) -> String {
    if bytes.isEmpty { return "it is empty" }
    if let format = format(of: bytes) { return "it is a \(format.rawValue) image" }
    for (prefix, name) in signatures where bytes.starts(with: prefix) {
      return "it is \(name)"
    }
    if bytes.count >= 12, bytes.starts(with: Array("RIFF".utf8)) {
      let isWebP = bytes[8..<12].elementsEqual("WEBP".utf8)
      return isWebP ? "it is a WebP image" : "it is a RIFF file"
    }
    if bytes.count >= 12, bytes[4..<8].elementsEqual("ftyp".utf8) {
      let brand = String(decoding: bytes[8..<12], as: UTF8.self)
      let isStill = ["avif", "avis", "heic", "heix", "mif1"].contains(brand)
      return isStill ? "it is an AVIF or HEIF image" : "it is a video"
    }
    if bytes.prefix(512).allSatisfy({ $0 >= 0x20 && $0 < 0x7F || (0x09...0x0D).contains($0) }) {
      return "it is a text"
    }
    let first = bytes.prefix(8).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }
    return "it begins with the bytes \(first.joined(separator: " "))"
  }

  private static let signatures: [([UInt8], String)] = [
    (Array("GIF8".utf8), "a GIF image"),
    (Array("BM".utf8), "a BMP image"),
    (Array("II*\0".utf8), "a TIFF image"),
    (Array("MM\0*".utf8), "a TIFF image"),
    (Array("8BPS".utf8), "a Photoshop file"),
    (Array("%PDF".utf8), "a PDF file"),
    (Array("PK\u{3}\u{4}".utf8), "a zip archive"),
    ([0x1F, 0x8B], "a gzip archive"),
    ([0xFF, 0x0A], "a JPEG XL image"),
    ([0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20], "a JPEG XL image"),
    ([0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20], "a JPEG 2000 image"),
    (Array("<svg".utf8), "an SVG drawing"),
    (Array("<!DOCTYPE html".utf8), "a web page"),
    (Array("<html".utf8), "a web page"),
    (Array("version https://git-lfs".utf8), "a Git LFS pointer (run git lfs pull)"),
  ]
}
