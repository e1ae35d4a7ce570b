/// A reader of event files by the formats' descriptions, which knows nothing of the code under
/// test.
struct BoardReader {
  /// A field of a message.
  enum Field: Equatable {
    case integer(UInt64)
    case bytes([UInt8])
  }

  /// A broken file.
  struct Damage: Error {
    let at: Int
  }

  /// The records' data, lengths checked, checksums not.
  static func records(of bytes: [UInt8]) throws -> [[UInt8]] {
    var records: [[UInt8]] = []
    var at = 0
    while at < bytes.count {
      guard at + 12 <= bytes.count else { throw Damage(at: at) }
      let length = Int(little(bytes[at..<at + 8]))
      guard at + 16 + length <= bytes.count else { throw Damage(at: at) }
      records.append(Array(bytes[at + 12..<at + 12 + length]))
      at += 16 + length
    }
    return records
  }

  /// The fields of a protocol buffer by their numbers, in their order.
  static func fields(of bytes: [UInt8]) throws -> [Int: [Field]] {
    var fields: [Int: [Field]] = [:]
    var at = 0
    func varint() throws -> UInt64 {
      var (value, shift) = (UInt64(0), UInt64(0))
      while at < bytes.count {
        let byte = bytes[at]
        at += 1
        value |= UInt64(byte & 0x7F) << shift
        if byte < 0x80 { return value }
        shift += 7
      }
      throw Damage(at: at)
    }
    while at < bytes.count {
      let key = try varint()
      let field: Field
      switch key & 7 {
      case 0: field = .integer(try varint())
      case 1, 5:
        let size = key & 7 == 1 ? 8 : 4
        guard at + size <= bytes.count else { throw Damage(at: at) }
        field = .integer(little(bytes[at..<at + size]))
        at += size
      case 2:
        let length = Int(try varint())
        guard at + length <= bytes.count else { throw Damage(at: at) }
        field = .bytes(Array(bytes[at..<at + length]))
        at += length
      default: throw Damage(at: at)
      }
      fields[Int(key >> 3), default: []].append(field)
    }
    return fields
  }

  /// A packed list of doubles.
  static func doubles(_ bytes: [UInt8]) -> [Double] {
    stride(from: 0, to: bytes.count, by: 8).map {
      Double(bitPattern: little(bytes[$0..<$0 + 8]))
    }
  }

  static func little(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
