import Foundation

/// Safetensors bytes written by hand, right or wrong.
enum Safetensors {
  /// A file of this header and so many bytes of tensors.
  static func file(_ header: String, bytes count: Int, length: UInt64? = nil) -> Data {
    let text = Data(header.utf8)
    var length = (length ?? UInt64(text.count)).littleEndian
    return Data(bytes: &length, count: 8) + text + Data(count: count)
  }

  /// A sound file with tensors of one element under these names.
  static func file(names: [String]) -> Data {
    let entries = names.enumerated().map { i, name in
      "\"\(name)\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[\(4 * i),\(4 * i + 4)]}"
    }
    return file("{\(entries.joined(separator: ","))}", bytes: 4 * names.count)
  }

  /// The file with the bytes at the beginning of its tensor `name` replaced.
  static func replacing(_ name: String, with bytes: [UInt8], in file: Data) throws -> Data {
    let length = file.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    let header =
      try JSONSerialization.jsonObject(with: file[8..<8 + length]) as? [String: Any] ?? [:]
    guard let entry = header[name] as? [String: Any], let offsets = entry["data_offsets"] as? [Int]
    else { throw CocoaError(.fileReadCorruptFile) }
    var changed = file
    changed.replaceSubrange(
      8 + length + offsets[0]..<8 + length + offsets[0] + bytes.count, with: bytes)
    return changed
  }
}
