/// TFRecord: each record as `length (8 bytes) · crc(length) · data · crc(data)`, little-endian.
enum RecordFrame {
  /// `data` as one record of a file.
  static func framed(_ data: [UInt8]) -> [UInt8] {
    let length = bytes(UInt64(data.count))
    return length + bytes(masked(of: length)) + data + bytes(masked(of: data))
  }

  /// The checksum as TFRecord stores it: turned by 15 bits and moved, so that the checksum of bytes
  /// that hold checksums still tells something.
  private static func masked(of bytes: [UInt8]) -> UInt32 {
    let crc = CRC32C.checksum(of: bytes)
    return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
  }

  private static func bytes(_ integer: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: integer.littleEndian, Array.init)
  }
}

/// The cyclic redundancy check of iSCSI (Castagnoli's polynomial, RFC 3720 appendix B.4).
package enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
  }

  /// The checksum of `bytes`.
  package static func checksum(of bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { crc, byte in crc >> 8 ^ table[Int((crc ^ UInt32(byte)) & 0xFF)] }
  }
}
