/// The printable character that stands for each byte in a byte-level vocabulary.
///
/// GPT-2's table, which CLIP shares: a printable Latin-1 byte stands for itself, the other 68 are
/// U+0100 and up in order, so that no token holds a space or a control character.
public enum ByteAlphabet {
  /// The character of each byte.
  public static let scalars: [Unicode.Scalar] = {
    var replacement: UInt32 = 0x100
    return (0...UInt8.max).map { byte in
      if isPrintable(byte) { return Unicode.Scalar(byte) }
      defer { replacement += 1 }
      return Unicode.Scalar(replacement) ?? Unicode.Scalar(byte)
    }
  }()

  private static let bytes: [Unicode.Scalar: UInt8] = Dictionary(
    uniqueKeysWithValues: zip(scalars, 0...UInt8.max))

  /// The byte that `scalar` stands for, if it stands for one.
  public static func byte(of scalar: Unicode.Scalar) -> UInt8? {
    bytes[scalar]
  }

  /// The bytes that a token stands for; the token's own UTF-8 where a character stands for none.
  public static func bytes(of token: String) -> [UInt8] {
    var result: [UInt8] = []
    for scalar in token.unicodeScalars {
      guard let byte = byte(of: scalar) else { return Array(token.utf8) }
      result.append(byte)
    }
    return result
  }

  private static func isPrintable(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: true
    default: false
    }
  }
}
