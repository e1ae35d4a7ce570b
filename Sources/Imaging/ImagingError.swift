internal import Files

/// What can be wrong in an image file; every message says what, where, and what to do.
///
/// Where the system would not let a file be read or written it is a `FileError`.
///
/// `file` and `source` are paths as the caller gave them, or "these bytes" where there is no file.
public enum ImagingError: Error, CustomStringConvertible, Equatable {
  /// The bytes are no image that is read here; `found` says what they look like.
  case notAnImage(source: String, found: String)
  /// The file was asked for as one format and is another (or none).
  case wrongFormat(source: String, expected: String, found: String)
  /// The file ends before its image does.
  case truncated(source: String, format: String)
  /// The file breaks its format's rules; `detail` is the decoder's own text.
  case damaged(source: String, format: String, detail: String)
  /// The encoder refuses the image; `detail` is its own text.
  case notEncodable(format: String, detail: String)
  /// The announced size is above the limit, both in pixels.
  case tooLarge(source: String, width: Int, height: Int, limit: Int)
  /// A grid's size would be above the limit, both in pixels.
  case gridTooLarge(width: Int, height: Int, limit: Int)
  /// A text chunk is above the limit of bytes.
  case textTooLarge(source: String, keyword: String, limit: Int)
  /// The text chunks together are above the limit of bytes.
  case textsTooLarge(source: String, limit: Int)
  /// A keyword that PNG does not allow.
  case badKeyword(String)
  /// A text that PNG cannot hold, because there is a NUL in it.
  case badText(keyword: String)
  /// Memory ran out.
  case outOfMemory(source: String)

  /// The message.
  public var description: String {
    switch self {
    case .notAnImage(let source, let found):
      "\(source) is not a PNG or JPEG image: \(found); convert it to one of these"
    case .wrongFormat(let source, let expected, let found):
      "\(source) is not a \(expected) image: \(found)"
    case .truncated(let source, let format):
      "\(source) is a \(format) image that ends too early; copy or make it again"
    case .damaged(let source, let format, let detail):
      "\(source) is a damaged \(format) image\(detail.isEmpty ? "" : " (\(detail.printable))"); "
        + "copy or make it again"
    case .notEncodable(let format, let detail):
      "this image cannot be written as \(format) (\(detail)); choose another size or format"
    case .tooLarge(let source, let width, let height, let limit):
      "\(source) announces \(width)x\(height) pixels, and at most \(limit) pixels are read; "
        + "make it smaller first"
    case .gridTooLarge(let width, let height, let limit):
      "the grid would have \(width)x\(height) pixels, and at most \(limit) are drawn; "
        + "show fewer rows or columns, or smaller images"
    case .textTooLarge(let source, let keyword, let limit):
      "\(source) has a text chunk \"\(keyword.printable)\" of more than \(limit) bytes, "
        + "which is not read; remove the chunk"
    case .textsTooLarge(let source, let limit):
      "\(source) has more than \(limit) bytes of text chunks, which are not read; "
        + "remove some of them"
    case .badKeyword(let keyword):
      "\"\(keyword.printable)\" cannot be a PNG keyword: it needs 1 to 79 printable Latin-1 "
        + "characters, and single spaces only between words"
    case .badText(let keyword):
      "the text for the PNG chunk \"\(keyword.printable)\" contains a NUL character, "
        + "which PNG cannot hold; remove it"
    case .outOfMemory(let source):
      "there is not enough memory for \(source); free some, or make the image smaller"
    }
  }
}
