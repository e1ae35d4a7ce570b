/// A key of PEFT's `rank_pattern` or `alpha_pattern`: a regular expression that a layer's name must
/// end with, at its beginning or after a dot: `(.*\.)?(key)$`.
struct LayerPattern: Hashable {
  private let key: String

  /// Whether the expression is letters, digits and dots, nearly all there are; matching those by
  /// hand takes a thousandth of the time.
  private let isPlain: Bool
  private let isAnchored: Bool

  /// Nil where `key` is no regular expression.
  init?(_ key: String) {
    isAnchored = key.hasPrefix("^")
    let body = isAnchored ? String(key.dropFirst()) : key
    isPlain = body.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
    }
    self.key = isPlain ? body : key
    if !isPlain, Self.expression(key) == nil { return nil }
  }

  /// Whether the layer called `name` is meant.
  func matches(_ name: String) -> Bool {
    guard isPlain else {
      guard let expression = Self.expression(key) else { return false }
      return name.wholeMatch(of: expression) != nil
    }
    let (name, key) = (Array(name.utf8), Array(key.utf8))
    guard name.count >= key.count else { return false }
    let start = name.count - key.count
    let isBounded = start == 0 || (!isAnchored && name[start - 1] == UInt8(ascii: "."))
    // A dot stands for any character.
    return isBounded
      && zip(name[start...], key).allSatisfy { $0 == $1 || $1 == UInt8(ascii: ".") }
  }

  private static func expression(_ key: String) -> Regex<AnyRegexOutput>? {
    do {
      return try Regex("(.*\\.)?(\(key))")
    } catch {
      return nil
    }
  }
}
