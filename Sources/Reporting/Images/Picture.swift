package import Foundation
package import Imaging

/// An encoded image, as reports and event files hold it.
package struct Picture: Sendable, Equatable {
  /// The PNG or JPEG file.
  package let data: Data
  /// What it is.
  package let format: ImageFile.Format
  /// Columns.
  package let width: Int
  /// Rows.
  package let height: Int
  /// JPEG's quality, where the image was encoded anew with a loss.
  package let quality: Int?

  /// The bytes from which ``init(_:compactAbove:)`` turns to JPEG.
  package static let largePNG = 300_000

  /// Encodes an image without loss or, where that takes more than `limit` bytes, as JPEG of quality
  /// 88 with a colour sample a pixel, if JPEG can hold it (65,500 pixels a side) and is smaller.
  package init(_ image: RGBImage, compactAbove limit: Int = Picture.largePNG) throws {
    try self.init(image, PNG.encode(image), compactAbove: limit)
  }

  /// Takes a PNG or JPEG file as it is or, where it has more than `limit` bytes, its image as JPEG
  /// if that is smaller.
  ///
  /// - Throws: `FileError` or `ImagingError`.
  package init(file path: String, compactAbove limit: Int = Picture.largePNG) throws {
    let bytes = try ImageFile.bytes(of: path)
    try self.init(ImageFile.decode(bytes, named: path), bytes, compactAbove: limit)
  }

  private init(_ image: RGBImage, _ bytes: [UInt8], compactAbove limit: Int) throws {
    width = image.width
    height = image.height
    let quality = 88
    if bytes.count > limit, max(width, height) <= 65_500 {
      let compact = try JPEG.encode(image, quality: quality, subsampling: .none)
      if compact.count < bytes.count {
        data = Data(compact)
        format = .jpeg
        self.quality = quality
        return
      }
    }
    data = Data(bytes)
    format = bytes.starts(with: PNG.signature) ? .png : .jpeg
    self.quality = nil
  }

  /// The image as an address that needs no network, `data:image/png;base64,…`.
  var address: String {
    let type =
      switch format {
      case .png: "png"
      case .jpeg: "jpeg"
      }
    return "data:image/\(type);base64,\(data.base64EncodedString())"
  }
}
