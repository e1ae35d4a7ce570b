internal import Files
package import Foundation
package import Torch

/// Writes safetensors files, byte for byte as the reference implementation does.
package enum SafetensorsWriter {
  /// A tensor to be written, whose bytes are asked for only when their turn has come.
  package struct Item {
    /// The full name.
    package let name: String
    /// The type of an element.
    package let dtype: DType
    /// The size of each dimension.
    package let shape: [Int]
    /// Hands the bytes, row-major and little-endian, to its argument: at once or piece by piece.
    package let feed: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void

    package init(
      name: String, dtype: DType, shape: [Int],
      feed: @escaping ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) {
      self.name = name
      self.dtype = dtype
      self.shape = shape
      self.feed = feed
    }

    package init(name: String, dtype: DType, shape: [Int], data: Data) {
      self.init(name: name, dtype: dtype, shape: shape) { write in
        try data.withUnsafeBytes { try write($0) }
      }
    }
  }

  /// Writes `items` to `path`, whole or not at all.
  ///
  /// Tensors are ordered by type, widest first, then by name; the header is padded with spaces so
  /// that the first tensor begins at a multiple of 8.
  ///
  /// - Parameter metadata: stored beside `format: pt`, which readers ask for.
  /// - Throws: ``CheckpointError`` where a name stands twice or an item's bytes are not as many as
  ///   its type and shape take, `FileError` where the system refuses to write.
  package static func write(
    _ items: [Item], metadata: [String: String] = [:], to path: String
  ) throws {
    let items = sorted(items)
    let metadata = metadata.merging(["format": "pt"]) { given, _ in given }
    let header = try header(of: items, metadata: metadata, path: path)
    try AtomicFile.write(to: path) { sink in
      try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try sink.write($0) }
      try header.withUnsafeBytes { try sink.write($0) }
      for item in items {
        let start = sink.count
        try item.feed { try sink.write($0) }
        let needed = try byteCount(of: item, path: path)
        guard sink.count - start == needed else {
          throw CheckpointError.wrongByteCount(
            item.name, needed: needed, given: sink.count - start, file: path)
        }
      }
    }
  }

  /// The bytes of a file of `items` with this metadata and no other.
  package static func bytes(_ items: [Item], metadata: [String: String]) throws -> [UInt8] {
    let items = sorted(items)
    let header = try header(of: items, metadata: metadata, path: "the file")
    var bytes = withUnsafeBytes(of: UInt64(header.count).littleEndian, Array.init) + header
    for item in items { try item.feed { bytes.append(contentsOf: $0) } }
    return bytes
  }

  private static func sorted(_ items: [Item]) -> [Item] {
    items.sorted { first, second in
      let ranks = (rank(of: first.dtype), rank(of: second.dtype))
      if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
      return first.name.utf8.lexicographicallyPrecedes(second.name.utf8)
    }
  }

  /// The reference's order of types, widest alignment first.
  private static func rank(of dtype: DType) -> Int {
    switch dtype {
    case .int64: 0
    case .float64: 1
    case .float32: 2
    case .int32: 3
    case .bfloat16: 4
    case .float16: 5
    case .int16: 6
    case .float8E4M3: 7
    case .float8E5M2: 8
    case .int8: 9
    case .uint8: 10
    case .bool: 11
    }
  }

  /// Bytes that `item` takes.
  private static func byteCount(of item: Item, path: String) throws -> Int {
    guard let count = TensorEntry.checkedCount(of: item.shape), count < 1 << 50 else {
      throw CheckpointError.impossibleShape(item.name, shape: item.shape, file: path)
    }
    return count * item.dtype.size
  }

  private static func header(
    of items: [Item], metadata: [String: String], path: String
  ) throws -> [UInt8] {
    var names: Set<String> = ["__metadata__"]
    var offset = 0
    let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0)):\(quoted($1))" }
    var members = ["\"__metadata__\":{\(pairs.joined(separator: ","))}"]
    for item in items {
      guard names.insert(item.name).inserted else {
        throw CheckpointError.duplicateTensor(item.name, file: path)
      }
      let end = offset + (try byteCount(of: item, path: path))
      let shape = item.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(quoted(item.name)):{\"dtype\":\"\(item.dtype.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Array("{\(members.joined(separator: ","))}".utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    return header
  }

  /// `text` as a JSON string.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\u{8}": quoted += "\\b"
      case "\u{C}": quoted += "\\f"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
