internal import CImaging

/// One text of a PNG file: a keyword and what stands under it.
public struct PNGText: Sendable, Equatable {
  /// 1 to 79 Latin-1 characters, such as "parameters"; the same one may come more than once.
  public let keyword: String
  /// The text, lines divided by line feeds.
  public let text: String

  /// A text under a keyword; whether PNG can hold it shows in encoding.
  public init(keyword: String, text: String) {
    self.keyword = keyword
    self.text = text
  }

  /// The keyword of A1111's generation parameters; see `GenerationParameters`.
  public static let parametersKeyword = "parameters"
  /// The keyword of our own record, a JSON object that is opaque here.
  public static let recordKeyword = "raft-diffuse"

  /// The most bytes that one text may have, compressed or not: 4 MiB.
  public static let maximalByteCount = 4 << 20
  /// The most bytes that a file's texts may have together, keywords included: 16 MiB.
  public static let maximalTotalByteCount = 16 << 20

  // MARK: Reading

  /// The texts of a PNG file, in its order: tEXt, zTXt and iTXt chunks, wherever they stand.
  ///
  /// A text is taken as UTF-8 where it is valid UTF-8, else as Latin-1: many programs write UTF-8
  /// into chunks that are Latin-1 by the standard. Pixels are not looked at. Memory is bounded by
  /// the limits above, whatever the chunks unpack to; any bytes at all either give texts or an
  /// error.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: what messages call it.
  /// - Throws: `ImagingError` for another format, a file that ends before its end chunk, a text
  ///   chunk that is damaged, or one above the limits.
  public static func read(
    _ bytes: [UInt8], named name: String = "these bytes"
  ) throws -> [PNGText] {
    try PNG.check(bytes, name)
    return try bytes.withUnsafeBufferPointer { buffer in
      var chunks = PNGChunks(buffer, named: name)
      var texts: [PNGText] = []
      var left = maximalTotalByteCount
      while let chunk = try chunks.next() {
        guard let kind = Kind(chunk.type) else { continue }
        guard chunk.data.count <= maximalByteCount + 1024 else {
          let start = buffer[chunk.data].prefix { $0 != 0 }.prefix(79)
          throw ImagingError.textTooLarge(
            source: name, keyword: latin1(start), limit: maximalByteCount)
        }
        guard chunks.isIntact(chunk) else {
          throw damaged(name, "a text chunk fails its checksum")
        }
        let (text, cost) = try decode(buffer[chunk.data], as: kind, named: name)
        left -= cost
        guard left >= 0 else {
          throw ImagingError.textsTooLarge(source: name, limit: maximalTotalByteCount)
        }
        texts.append(text)
      }
      return texts
    }
  }

  private enum Kind {
    case plain, compressed, international

    init?(_ type: UInt32) {
      switch type {
      case PNGChunks.type("tEXt"): self = .plain
      case PNGChunks.type("zTXt"): self = .compressed
      case PNGChunks.type("iTXt"): self = .international
      default: return nil
      }
    }
  }

  /// A chunk's text, and how many bytes of the total it costs (at least some, so that the number of
  /// texts is bounded too).
  private static func decode(
    _ data: Slice<UnsafeBufferPointer<UInt8>>, as kind: Kind, named name: String
  ) throws -> (PNGText, Int) {
    var rest = data
    guard let keyword = field(&rest), (1...79).contains(keyword.count) else {
      throw damaged(name, "a text chunk has no keyword")
    }
    let title = latin1(keyword)
    var isCompressed = kind == .compressed
    switch kind {
    case .plain: break
    case .compressed:
      guard rest.popFirst() == 0 else {
        throw damaged(name, "the text chunk \"\(title)\" is compressed in an unknown way")
      }
    case .international:
      guard let flag = rest.popFirst(), let method = rest.popFirst(), flag <= 1,
        flag == 0 || method == 0
      else { throw damaged(name, "the text chunk \"\(title)\" is compressed in an unknown way") }
      isCompressed = flag == 1
      // The language and the translated keyword are passed over.
      guard field(&rest) != nil, field(&rest) != nil else {
        throw damaged(name, "the text chunk \"\(title)\" ends too early")
      }
    }
    let bytes = isCompressed ? try inflate(rest, title, name) : Array(rest)
    guard bytes.count <= maximalByteCount else {
      throw ImagingError.textTooLarge(source: name, keyword: title, limit: maximalByteCount)
    }
    let text = String(validating: bytes, as: UTF8.self) ?? latin1(bytes)
    return (PNGText(keyword: title, text: text), bytes.count + 128)
  }

  /// Takes the bytes up to the next NUL, and the NUL; nil where there is none.
  private static func field(
    _ rest: inout Slice<UnsafeBufferPointer<UInt8>>
  ) -> Slice<UnsafeBufferPointer<UInt8>>? {
    guard let end = rest.firstIndex(of: 0) else { return nil }
    defer { rest = rest[(end + 1)...] }
    return rest[..<end]
  }

  private static func inflate(
    _ packed: Slice<UnsafeBufferPointer<UInt8>>, _ keyword: String, _ name: String
  ) throws -> [UInt8] {
    let source = UnsafeBufferPointer(rebasing: packed)
    // Deflate packs at most 1032 to 1, so that a small chunk never asks for the whole limit.
    let capacity = min(maximalByteCount, 1032 * source.count + 64)
    return try [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      do {
        try CodecCall.run(name, "PNG") {
          let status = cimaging_inflate(
            source.baseAddress, source.count, buffer.baseAddress, capacity, &count, $0)
          // Too short a stream is the chunk's fault: the file as a whole is there.
          return status == CIMAGING_TRUNCATED ? CIMAGING_DAMAGED : status
        }
      } catch ImagingError.damaged(_, _, _) {
        guard count < capacity else {
          throw ImagingError.textTooLarge(source: name, keyword: keyword, limit: maximalByteCount)
        }
        throw damaged(name, "the text chunk \"\(keyword)\" does not unpack")
      }
    }
  }

  private static func damaged(_ name: String, _ detail: String) -> ImagingError {
    .damaged(source: name, format: "PNG", detail: detail)
  }

  private static func latin1(_ bytes: some Sequence<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(Unicode.Scalar(byte)) }
    return String(text)
  }

  // MARK: Writing

  /// The text as a chunk: tEXt where Latin-1 can hold it, else iTXt, neither compressed.
  ///
  /// A text whose Latin-1 bytes would be read as UTF-8 is written as iTXt too, so that it is read
  /// back as it was.
  func chunk() throws -> [UInt8] {
    guard let title = Self.latin1Bytes(keyword), isKeyword(title) else {
      throw ImagingError.badKeyword(keyword)
    }
    guard !text.utf8.contains(0) else { throw ImagingError.badText(keyword: keyword) }
    guard text.utf8.count <= Self.maximalByteCount else {
      throw ImagingError.textTooLarge(
        source: "this image", keyword: keyword, limit: Self.maximalByteCount)
    }
    if let bytes = Self.latin1Bytes(text),
      bytes.allSatisfy({ $0 < 0x80 }) || String(validating: bytes, as: UTF8.self) == nil
    {
      return PNGChunks.encode(PNGChunks.type("tEXt"), title + [0] + bytes)
    }
    // NUL, not compressed, method 0, no language, no translated keyword.
    return PNGChunks.encode(PNGChunks.type("iTXt"), title + [0, 0, 0, 0, 0] + Array(text.utf8))
  }

  /// A chunk of any four letters and data, for tests.
  package static func rawChunk(_ letters: String, _ data: [UInt8]) -> [UInt8] {
    PNGChunks.encode(PNGChunks.type(letters), data)
  }

  private func isKeyword(_ bytes: [UInt8]) -> Bool {
    (1...79).contains(bytes.count) && bytes.first != 0x20 && bytes.last != 0x20
      && bytes.allSatisfy { (0x20...0x7E).contains($0) || $0 >= 0xA1 }
      && !zip(bytes, bytes.dropFirst()).contains { $0 == 0x20 && $1 == 0x20 }
  }

  /// The Latin-1 bytes; nil where a character is not in Latin-1.
  private static func latin1Bytes(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = UInt8(exactly: scalar.value) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}
